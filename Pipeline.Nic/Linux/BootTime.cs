using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>time.h: the clock that counts on while the machine is suspended.</summary>
internal static unsafe partial class BootTime
{
    private const int CLOCK_BOOTTIME = 7; // Linux, include/uapi/linux/time.h
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Nanoseconds since the machine started, including those in which it was suspended.</summary>
    public static long Nanoseconds()
    {
        timespec_t now;
        _ = clock_gettime(CLOCK_BOOTTIME, &now);
        return (now.sec * NanosecondsPerSecond) + now.nsec;
    }

    // struct timespec
    [StructLayout(LayoutKind.Sequential)]
    private struct timespec_t
    {
        public nint sec, nsec;
    }

    // int clock_gettime(clockid_t clockid, struct timespec *tp);
    [LibraryImport("libc")]
    [SuppressGCTransition] // it reads memory that the kernel shares, and makes no system call
    private static partial int clock_gettime(int clockid, timespec_t* tp);
}
