using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>linux/membarrier.h: waiting until every CPU has left the code that it runs in the kernel now.</summary>
internal static partial class Membarrier
{
    // Linux, include/uapi/linux/membarrier.h
    private const int MEMBARRIER_CMD_GLOBAL = 1;

    // arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl, which arm64 and others share
    private static long SystemCall => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 324 : 283;

    /// <summary>
    /// Waits for a grace period of the kernel (synchronize_rcu, kernel/sched/membarrier.c): some milliseconds. What was replaced before,
    /// such as an XDP program, runs on no CPU afterwards.
    /// </summary>
    /// <returns>False where the kernel does not offer it.</returns>
    public static bool WaitForAllCpus() => syscall(SystemCall, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0;

    // long syscall(long number, ...);
    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long command, long flags, long cpu);
}
