using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>linux/perf_event.h: events of one CPU that BPF programs write into memory which the process maps.</summary>
internal static unsafe partial class PerfEvent
{
    // Linux, include/uapi/linux/perf_event.h
    private const uint PERF_TYPE_SOFTWARE = 1;
    private const ulong PERF_COUNT_SW_BPF_OUTPUT = 10;
    private const ulong PERF_SAMPLE_TIME = 1 << 2;
    private const ulong PERF_SAMPLE_RAW = 1 << 10;
    private const ulong PERF_FLAG_FD_CLOEXEC = 1 << 3;

    /// <summary>Bit 25 of the flags in struct perf_event_attr: times are of the clock that clockid names.</summary>
    private const ulong use_clockid = 1 << 25;

    /// <summary>_IO('$', 5).</summary>
    private const nuint PERF_EVENT_IOC_SET_OUTPUT = 0x2405;

    // include/uapi/linux/time.h
    private const int CLOCK_REALTIME = 0;

    /// <summary>A record with what a program wrote. Records of other types are skipped.</summary>
    public const uint PERF_RECORD_SAMPLE = 9;

    /// <summary>Bytes in the first page of the memory, struct perf_event_mmap_page: where the kernel has written to.</summary>
    public const int DataHeadAt = 1024;

    /// <summary>The same: where the process has read to.</summary>
    public const int DataTailAt = 1032;

    // arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl, which arm64 and others share
    private static long SystemCall => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 298 : 241;

    /// <summary>
    /// Opens an event of a CPU. Each record says when it was written, in nanoseconds since 1970.
    /// </summary>
    /// <param name="wakes">Whether each record wakes whoever polls; otherwise only memory that is half full does.</param>
    /// <exception cref="LinuxException">
    /// The process lacks the capability CAP_PERFMON (EACCES), or the CPU is not online (ENODEV).
    /// </exception>
    public static SafeFileHandle OpenOutput(int cpu, bool wakes)
    {
        var attributes = new perf_event_attr
        {
            type = PERF_TYPE_SOFTWARE,
            size = (uint)sizeof(perf_event_attr),
            config = PERF_COUNT_SW_BPF_OUTPUT,
            sample_period = 1,
            sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
            flags = use_clockid,
            wakeup_events = wakes ? 1u : 0,
            clockid = CLOCK_REALTIME,
        };
        var descriptor = syscall(SystemCall, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
        return descriptor >= 0
            ? new SafeFileHandle((nint)descriptor, ownsHandle: true)
            : throw LinuxException.Last("perf_event_open", $"CPU {cpu}");
    }

    /// <summary>Has an event write into the memory of another, of the same CPU.</summary>
    /// <exception cref="LinuxException">The events do not fit together.</exception>
    public static void Redirect(SafeFileHandle from, SafeFileHandle to)
    {
        if (ioctl(from, PERF_EVENT_IOC_SET_OUTPUT, (nint)to.DangerousGetHandle()) != 0)
            throw LinuxException.Last("ioctl(PERF_EVENT_IOC_SET_OUTPUT)", "event");
    }

    /// <summary>struct perf_event_attr up to its third extension (PERF_ATTR_SIZE_VER3, Linux 3.7).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct perf_event_attr
    {
        public uint type, size;
        public ulong config, sample_period, sample_type, read_format, flags;
        public uint wakeup_events, bp_type;
        public ulong config1, config2, branch_sample_type, sample_regs_user;
        public uint sample_stack_user;
        public int clockid;
    }

    // int ioctl(int fd, unsigned long request, ...);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle fd, nuint request, nint descriptor);

    // int syscall(SYS_perf_event_open, struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd, unsigned long flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, perf_event_attr* attr, long pid, long cpu, long group, ulong flags);
}
