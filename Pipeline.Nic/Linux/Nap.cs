using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>time.h and sys/prctl.h: sleep that is shorter than what the kernel allows itself to be late by.</summary>
internal static unsafe partial class Nap
{
    private const int PR_SET_TIMERSLACK = 29; // Linux, include/uapi/linux/prctl.h

    [ThreadStatic]
    private static bool t_isPunctual;

    /// <summary>
    /// Sleeps on the calling thread, less where a signal comes. From the first time on the kernel wakes this thread to the nanosecond, and
    /// not within 50 microseconds as usual (prctl(2), PR_SET_TIMERSLACK).
    /// </summary>
    public static void Take(TimeSpan time)
    {
        if (!t_isPunctual) t_isPunctual = prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0) == 0;
        var (seconds, rest) = Math.DivRem(time.Ticks, TimeSpan.TicksPerSecond);
        var span = new timespec_t { sec = (nint)seconds, nsec = (nint)(rest * TimeSpan.NanosecondsPerTick) };
        _ = nanosleep(&span, null);
    }

    // struct timespec
    [StructLayout(LayoutKind.Sequential)]
    private struct timespec_t
    {
        public nint sec, nsec;
    }

    // int nanosleep(const struct timespec *req, struct timespec *rem);
    [LibraryImport("libc")]
    private static partial int nanosleep(timespec_t* req, timespec_t* rem);

    // int prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5);
    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);
}
