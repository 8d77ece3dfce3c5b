using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>signal.h: what a signal does to the process.</summary>
internal static partial class Signal
{
    // Linux, include/uapi/asm-generic/signal.h; SIG_DFL and SIG_IGN in asm-generic/signal-defs.h
    private const int SIGXFSZ = 25;
    private const nint SIG_DFL = 0;
    private const nint SIG_IGN = 1;

    /// <summary>
    /// Makes a write beyond the process's file size limit fail with <see cref="Errno.EFBIG"/> rather than end the process. The runtime
    /// does the same for SIGPIPE, not for this one. A handler that someone installed stays.
    /// </summary>
    public static void IgnoreFileSizeLimit()
    {
        var before = signal(SIGXFSZ, SIG_IGN);
        if (before != SIG_DFL && before != SIG_IGN) _ = signal(SIGXFSZ, before);
    }

    // sighandler_t signal(int signum, sighandler_t handler);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint signal(int signum, nint handler);
}
