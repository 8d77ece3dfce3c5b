using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>bpf(2): programs and maps in the kernel. The kernel frees each when its last descriptor is closed.</summary>
internal static unsafe partial class Bpf
{
    // enum bpf_cmd, linux/bpf.h
    private const int BPF_MAP_CREATE = 0;
    private const int BPF_MAP_UPDATE_ELEM = 2;
    private const int BPF_MAP_DELETE_ELEM = 3;
    private const int BPF_PROG_LOAD = 5;
    private const int BPF_PROG_TEST_RUN = 10;
    private const int BPF_MAP_UPDATE_BATCH = 26;
    private const int BPF_LINK_CREATE = 28;
    private const int BPF_LINK_UPDATE = 29;
    private const int BPF_LINK_DETACH = 34;

    private const int BPF_PROG_TYPE_XDP = 6;
    private const int BPF_XDP = 37;
    private const int NameBytes = 16;

    /// <summary>Of maps: the process can map the memory (Linux 5.5).</summary>
    public const uint BPF_F_MMAPABLE = 1 << 10;

    /// <summary>Of programs: packets can have several pieces (Linux 5.18).</summary>
    public const uint BPF_F_XDP_HAS_FRAGS = 1 << 5;

    /// <summary>Bytes for the verifier's log of a program that it refuses. The reason is at the end of the log.</summary>
    private const int LogBytes = 1 << 22;

    /// <param name="flags">BPF_F_MMAPABLE for one whose memory the process maps.</param>
    /// <param name="inner">Of a map of maps, one that is like those it will hold.</param>
    /// <exception cref="LinuxException">There is no memory for it, or the process lacks permission.</exception>
    public static SafeFileHandle CreateMap(
        int type, int keyBytes, int valueBytes, int entries, string name, uint flags = 0, SafeFileHandle? inner = null)
    {
        var attributes = new map_create_attr
        {
            map_type = (uint)type,
            key_size = (uint)keyBytes,
            value_size = (uint)valueBytes,
            max_entries = (uint)entries,
            map_flags = flags,
            inner_map_fd = inner is null ? 0 : NumberOf(inner),
        };
        WriteName(new Span<byte>(attributes.map_name, NameBytes), name);
        return Descriptor(Call(BPF_MAP_CREATE, &attributes, sizeof(map_create_attr)), "bpf(BPF_MAP_CREATE)", $"map {name}");
    }

    /// <summary>Puts entries into a map, all in one call.</summary>
    /// <param name="keys">One after the other, and so are the values.</param>
    /// <exception cref="LinuxException">The entries do not fit.</exception>
    public static void Update(SafeFileHandle map, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count, string name)
    {
        fixed (byte* key = keys)
        fixed (byte* value = values)
        {
            var attributes = new batch_attr { keys = (ulong)key, values = (ulong)value, count = (uint)count, map_fd = NumberOf(map) };
            if (Call(BPF_MAP_UPDATE_BATCH, &attributes, sizeof(batch_attr)) < 0)
                throw LinuxException.Last("bpf(BPF_MAP_UPDATE_BATCH)", $"map {name}");
        }
    }

    /// <summary>Puts a value at a 32-bit key, in place of what is there.</summary>
    /// <exception cref="LinuxException">The map does not take it.</exception>
    public static void Update(SafeFileHandle map, uint key, uint value, string name)
    {
        var attributes = new element_attr { map_fd = NumberOf(map), key = (ulong)&key, value = (ulong)&value };
        if (Call(BPF_MAP_UPDATE_ELEM, &attributes, sizeof(element_attr)) < 0)
            throw LinuxException.Last("bpf(BPF_MAP_UPDATE_ELEM)", $"map {name}");
    }

    /// <summary>Removes what is at a 32-bit key, if anything is.</summary>
    public static void Delete(SafeFileHandle map, uint key)
    {
        var attributes = new element_attr { map_fd = NumberOf(map), key = (ulong)&key };
        _ = Call(BPF_MAP_DELETE_ELEM, &attributes, sizeof(element_attr));
    }

    /// <param name="instructions">struct bpf_insn, one after the other.</param>
    /// <param name="flags">BPF_F_XDP_HAS_FRAGS for a program that can have packets in several pieces.</param>
    /// <param name="log">The verifier's log, if it refused the program; otherwise null.</param>
    /// <returns>Null where the verifier refused it.</returns>
    /// <exception cref="LinuxException">The process lacks permission, or there is no memory.</exception>
    public static SafeFileHandle? LoadXdp(ReadOnlySpan<byte> instructions, uint flags, string name, out string? log)
    {
        log = null;
        var descriptor = Load(instructions, flags, name, []);
        if (descriptor >= 0) return new SafeFileHandle((nint)descriptor, ownsHandle: true);
        var errno = (Errno)Marshal.GetLastPInvokeError();
        if (errno is not (Errno.EINVAL or Errno.EACCES or Errno.E2BIG))
            throw new LinuxException("bpf(BPF_PROG_LOAD)", $"program {name}", errno);

        // It tries once more to get the log.
        var words = GC.AllocateUninitializedArray<byte>(LogBytes);
        words[0] = 0;
        descriptor = Load(instructions, flags, name, words);
        if (descriptor >= 0) return new SafeFileHandle((nint)descriptor, ownsHandle: true);
        log = System.Text.Encoding.UTF8.GetString(words, 0, Math.Max(0, Array.IndexOf(words, (byte)0)));
        return null;
    }

    /// <summary>Runs an XDP program on a packet, as often as asked, without any device.</summary>
    /// <param name="output">Gets the metadata that the program put before the packet, and then the packet.</param>
    /// <param name="written">Bytes written to the output.</param>
    /// <param name="nanoseconds">The time of one run, as the kernel measured it.</param>
    /// <returns>What the program returned.</returns>
    /// <exception cref="LinuxException">The kernel rejects the packet: it has less than 14 bytes, or more than a page holds.</exception>
    public static uint TestRun(
        SafeFileHandle program, ReadOnlySpan<byte> packet, Span<byte> output, int repeat, out int written, out int nanoseconds)
    {
        fixed (byte* from = packet)
        fixed (byte* to = output)
        {
            var attributes = new test_run_attr
            {
                prog_fd = NumberOf(program),
                data_size_in = (uint)packet.Length,
                data_size_out = (uint)output.Length,
                data_in = (ulong)from,
                data_out = (ulong)to,
                repeat = (uint)repeat,
            };
            if (Call(BPF_PROG_TEST_RUN, &attributes, sizeof(test_run_attr)) < 0)
                throw LinuxException.Last("bpf(BPF_PROG_TEST_RUN)", $"packet of {packet.Length} bytes");
            (written, nanoseconds) = ((int)attributes.data_size_out, (int)attributes.duration);
            return attributes.retval;
        }
    }

    /// <summary>Attaches an XDP program to an interface. It is detached with the descriptor, also when the process dies.</summary>
    /// <param name="flags">XDP_FLAGS_SKB_MODE (2) or XDP_FLAGS_DRV_MODE (4), linux/if_link.h.</param>
    /// <exception cref="LinuxException">The interface has a program already (EBUSY), or its driver cannot run one (EOPNOTSUPP).</exception>
    public static SafeFileHandle CreateXdpLink(SafeFileHandle program, int interfaceIndex, uint flags, string name)
    {
        var attributes = new link_create_attr
        {
            prog_fd = NumberOf(program), target_ifindex = (uint)interfaceIndex, attach_type = BPF_XDP, flags = flags,
        };
        return Descriptor(Call(BPF_LINK_CREATE, &attributes, sizeof(link_create_attr)), "bpf(BPF_LINK_CREATE)", name);
    }

    /// <summary>Puts another program in place of the one attached, between two packets.</summary>
    public static void UpdateLink(SafeFileHandle link, SafeFileHandle program, string name)
    {
        var attributes = new link_update_attr { link_fd = NumberOf(link), new_prog_fd = NumberOf(program) };
        if (Call(BPF_LINK_UPDATE, &attributes, sizeof(link_update_attr)) < 0) throw LinuxException.Last("bpf(BPF_LINK_UPDATE)", name);
    }

    /// <summary>
    /// Detaches the program at once (Linux 5.9). Closing the descriptor detaches it too, but the kernel may do that a moment later.
    /// </summary>
    public static void DetachLink(SafeFileHandle link)
    {
        var attributes = new link_update_attr { link_fd = NumberOf(link) };
        _ = Call(BPF_LINK_DETACH, &attributes, sizeof(link_update_attr));
    }

    private static long Load(ReadOnlySpan<byte> instructions, uint flags, string name, Span<byte> log)
    {
        ReadOnlySpan<byte> license = "GPL\0"u8;
        fixed (byte* code = instructions)
        fixed (byte* terms = license)
        fixed (byte* words = log)
        {
            var attributes = new prog_load_attr
            {
                prog_type = BPF_PROG_TYPE_XDP,
                insn_cnt = (uint)(instructions.Length / 8),
                insns = (ulong)code,
                license = (ulong)terms,
                log_level = log.IsEmpty ? 0u : 1u,
                log_size = (uint)log.Length,
                log_buf = (ulong)words,
                prog_flags = flags,
                expected_attach_type = BPF_XDP,
            };
            WriteName(new Span<byte>(attributes.prog_name, NameBytes), name);
            return Call(BPF_PROG_LOAD, &attributes, sizeof(prog_load_attr));
        }
    }

    /// <summary>
    /// Repeats the call on EAGAIN: the kernel stops verifying when a signal is pending, and the runtime sends signals
    /// (kernel/bpf/verifier.c).
    /// </summary>
    private static long Call(int command, void* attributes, int bytes)
    {
        long result;
        do result = syscall(SystemCall, command, attributes, (uint)bytes);
        while (result < 0 && (Errno)Marshal.GetLastPInvokeError() is Errno.EINTR or Errno.EAGAIN);
        return result;
    }

    // arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl, which arm64 and others share
    private static long SystemCall => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;

    private static uint NumberOf(SafeFileHandle handle) => (uint)handle.DangerousGetHandle();

    private static SafeFileHandle Descriptor(long result, string call, string subject) =>
        result >= 0 ? new SafeFileHandle((nint)result, ownsHandle: true) : throw LinuxException.Last(call, subject);

    /// <summary>Writes as much of a name as fits, with a zero after it. Letters, digits, dots and underscores.</summary>
    private static void WriteName(Span<byte> to, string name)
    {
        for (var i = 0; i < Math.Min(name.Length, NameBytes - 1); i++) to[i] = (byte)name[i];
    }

    // union bpf_attr, linux/bpf.h: the fields that are used of each command
    [StructLayout(LayoutKind.Sequential)]
    internal struct map_create_attr
    {
        public uint map_type, key_size, value_size, max_entries, map_flags, inner_map_fd, numa_node;
        public fixed byte map_name[NameBytes];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct element_attr
    {
        public uint map_fd;
        public ulong key, value, flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct batch_attr
    {
        public ulong in_batch, out_batch, keys, values;
        public uint count, map_fd;
        public ulong elem_flags, flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct prog_load_attr
    {
        public uint prog_type, insn_cnt;
        public ulong insns, license;
        public uint log_level, log_size;
        public ulong log_buf;
        public uint kern_version, prog_flags;
        public fixed byte prog_name[NameBytes];
        public uint prog_ifindex, expected_attach_type;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct test_run_attr
    {
        public uint prog_fd, retval, data_size_in, data_size_out;
        public ulong data_in, data_out;
        public uint repeat, duration, ctx_size_in, ctx_size_out;
        public ulong ctx_in, ctx_out;
        public uint flags, cpu, batch_size;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct link_create_attr
    {
        public uint prog_fd, target_ifindex, attach_type, flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct link_update_attr
    {
        public uint link_fd, new_prog_fd, flags, old_prog_fd;
    }

    // long syscall(long number, ...);
    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long command, void* attributes, nuint bytes);
}
