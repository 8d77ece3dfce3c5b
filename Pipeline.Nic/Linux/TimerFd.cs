using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>sys/timerfd.h: a clock that becomes readable after a time.</summary>
internal static unsafe partial class TimerFd
{
    // Linux, include/uapi/linux/time.h and timerfd.h: the flags are open's O_CLOEXEC and O_NONBLOCK
    private const int CLOCK_MONOTONIC = 1;
    private const int TFD_CLOEXEC = 0x80000;
    private const int TFD_NONBLOCK = 0x800;

    // struct itimerspec
    [StructLayout(LayoutKind.Sequential)]
    private struct itimerspec_t
    {
        public nint interval_sec, interval_nsec, value_sec, value_nsec;
    }

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static SafeFileHandle Create()
    {
        var descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LinuxException.Last("timerfd_create", "waiter");
    }

    /// <summary>Makes it readable after that time, once, and not readable until then. Zero stops it.</summary>
    public static void Set(SafeFileHandle timer, TimeSpan time)
    {
        var (seconds, rest) = Math.DivRem(time.Ticks, TimeSpan.TicksPerSecond);
        var once = new itimerspec_t { value_sec = (nint)seconds, value_nsec = (nint)(rest * TimeSpan.NanosecondsPerTick) };
        if (timerfd_settime((int)timer.DangerousGetHandle(), 0, &once, null) != 0) throw LinuxException.Last("timerfd_settime", "waiter");
    }

    // int timerfd_create(int clockid, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int timerfd_create(int clockid, int flags);

    // int timerfd_settime(int fd, int flags, const struct itimerspec *new, struct itimerspec *old);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int timerfd_settime(int fd, int flags, itimerspec_t* once, itimerspec_t* old);
}
