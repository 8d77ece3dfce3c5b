using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>sched.h: which CPUs a thread may run on. CPUs are the kernel's logical CPUs, by number.</summary>
public static unsafe partial class Sched
{
    /// <summary>
    /// Words of a mask that holds the 8192 CPUs a Linux kernel can be built for (Linux, arch/x86/Kconfig, NR_CPUS_RANGE_END).
    /// </summary>
    private const int MaskWords = 8192 / 64;

    /// <summary>
    /// The CPUs that the process may run on, ascending. A thread that pinned itself does not change the answer. Any thread.
    /// </summary>
    /// <exception cref="LinuxException">The kernel has more CPUs than a mask has room for.</exception>
    public static IReadOnlyList<int> AllowedCpus() => CpusOf(Environment.ProcessId);

    /// <summary>The CPUs that the calling thread may run on, ascending.</summary>
    /// <exception cref="LinuxException">The kernel has more CPUs than a mask has room for.</exception>
    public static IReadOnlyList<int> CpusOfThisThread() => CpusOf(0);

    /// <summary>Restricts the calling thread to one CPU until the thread ends.</summary>
    /// <exception cref="LinuxException">The process is not allowed on that CPU, or there is no such CPU (EINVAL).</exception>
    public static void PinThisThread(int cpu)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cpu);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cpu, MaskWords * 64);
        var mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        mask[cpu / 64] = 1ul << (cpu % 64);
        if (sched_setaffinity(0, MaskWords * sizeof(ulong), mask) != 0) throw LinuxException.Last("sched_setaffinity", $"cpu {cpu}");
    }

    private static List<int> CpusOf(int thread)
    {
        var mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        if (sched_getaffinity(thread, MaskWords * sizeof(ulong), mask) < 0) throw LinuxException.Last("sched_getaffinity", "cpus");

        var cpus = new List<int>();
        for (var cpu = 0; cpu < MaskWords * 64; cpu++)
        {
            if ((mask[cpu / 64] & (1ul << (cpu % 64))) != 0) cpus.Add(cpu);
        }

        return cpus;
    }

    // int sched_getaffinity(pid_t pid, size_t cpusetsize, cpu_set_t *mask);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getaffinity(int pid, nuint cpusetsize, ulong* mask);

    // int sched_setaffinity(pid_t pid, size_t cpusetsize, const cpu_set_t *mask);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int pid, nuint cpusetsize, ulong* mask);
}
