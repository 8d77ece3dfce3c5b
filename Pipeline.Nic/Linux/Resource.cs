using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>sys/resource.h: the limits of a process.</summary>
public static unsafe partial class Resource
{
    // Linux, include/uapi/asm-generic/resource.h
    private const int RLIMIT_NOFILE = 7;
    private const int RLIMIT_MEMLOCK = 8;

    // struct rlimit with 64-bit words (include/uapi/linux/resource.h)
    [StructLayout(LayoutKind.Sequential)]
    private struct rlimit_t
    {
        public ulong rlim_cur;
        public ulong rlim_max;
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

    // int getrlimit(int resource, struct rlimit *rlim);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, rlimit_t* rlim);
}
