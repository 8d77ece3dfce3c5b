using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>sys/resource.h: the limits of a process, and what a thread has used.</summary>
public static unsafe partial class Resource
{
    // Linux, include/uapi/asm-generic/resource.h
    private const int RLIMIT_NOFILE = 7;
    private const int RLIMIT_MEMLOCK = 8;

    // Linux, include/uapi/linux/resource.h
    private const int RUSAGE_THREAD = 1;

    // struct rlimit with 64-bit words (include/uapi/linux/resource.h)
    [StructLayout(LayoutKind.Sequential)]
    private struct rlimit_t
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }

    // struct rusage (include/uapi/linux/resource.h), of which only the times are read
    [StructLayout(LayoutKind.Sequential)]
    private struct rusage_t
    {
        public nint utime_sec, utime_usec, stime_sec, stime_usec;
        public fixed long others[14];
    }

    /// <summary>The time that CPUs have spent on the calling thread, system calls included.</summary>
    public static TimeSpan CpuTimeOfThisThread()
    {
        rusage_t used;
        if (getrusage(RUSAGE_THREAD, &used) != 0) throw LinuxException.Last("getrusage", "this thread");
        return TimeSpan.FromSeconds(used.utime_sec + used.stime_sec) + TimeSpan.FromMicroseconds(used.utime_usec + used.stime_usec);
    }

    /// <summary>How many descriptors the process may have open at a time; <see cref="ulong.MaxValue"/> where that is unknown.</summary>
    public static ulong MostDescriptors() => Limit(RLIMIT_NOFILE);

    /// <summary>
    /// How many bytes the process may lock in memory; <see cref="ulong.MaxValue"/> where there is no limit, or it is unknown.
    /// </summary>
    public static ulong MostLockedBytes() => Limit(RLIMIT_MEMLOCK);

    private static ulong Limit(int resource)
    {
        rlimit_t limit;
        return getrlimit(resource, &limit) == 0 ? limit.rlim_cur : ulong.MaxValue;
    }

    // int getrusage(int who, struct rusage *usage);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrusage(int who, rusage_t* usage);

    // int getrlimit(int resource, struct rlimit *rlim);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, rlimit_t* rlim);
}
