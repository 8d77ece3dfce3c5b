using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>signal.h: what a signal does to the process.</summary>
public static partial class Signal
{
    // Linux, include/uapi/asm-generic/signal.h; SIG_DFL and SIG_IGN in asm-generic/signal-defs.h
    private const int SIGINT = 2;
    private const int SIGTSTP = 20;
    private const int SIGXFSZ = 25;
    private const nint SIG_DFL = 0;
    private const nint SIG_IGN = 1;

    /// <summary>
    /// Makes a write beyond the process's file size limit fail with <see cref="Errno.EFBIG"/> rather than end the process. The runtime does
    /// the same for SIGPIPE but not for this signal. An installed handler stays.
    /// </summary>
    public static void IgnoreFileSizeLimit()
    {
        var before = signal(SIGXFSZ, SIG_IGN);
        if (before != SIG_DFL && before != SIG_IGN) _ = signal(SIGXFSZ, before);
    }

    /// <summary>
    /// Stops ignoring SIGINT. A shell without job control makes its background jobs ignore it, and the runtime leaves an ignored signal
    /// alone. A program that ends on SIGINT, such as tcpdump, needs it all the same. Call this before a handler is installed.
    /// </summary>
    public static void TakeInterrupts()
    {
        var before = signal(SIGINT, SIG_DFL);
        if (before != SIG_DFL && before != SIG_IGN) _ = signal(SIGINT, before);
    }

    /// <summary>
    /// Ignores signals from here on, for the moments in which the process exits and nothing would handle them.
    /// </summary>
    /// <param name="signals">Their numbers.</param>
    public static void Ignore(ReadOnlySpan<int> signals)
    {
        foreach (var number in signals) _ = signal(number, SIG_IGN);
    }

    /// <summary>
    /// Stops the process as Ctrl-Z does where no handler is installed, and returns when it goes on. The system passes over it where nobody
    /// could let it go on.
    /// </summary>
    public static void Stop() => _ = kill(Environment.ProcessId, SIGTSTP);

    // int kill(pid_t pid, int sig);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int sig);

    // sighandler_t signal(int signum, sighandler_t handler);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint signal(int signum, nint handler);
}
