using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// A program in the kernel, with its maps. It runs once it is attached, or packet by packet by <see cref="Run"/>. Any thread. Whoever
/// loaded it disposes it. Where it is attached, it keeps running after that.
/// </summary>
public sealed class LoadedXdpProgram : IDisposable
{
    private const string Name = "pipeline_xdp";

    private readonly List<SafeFileHandle> _maps = [];
    private readonly List<int> _descriptors = [];
    private readonly XdpPort _port;
    private readonly bool _isPortOurs;
    private MappedMap _counters = null!;
    private MappedMap _verdicts = null!;

    private LoadedXdpProgram(XdpProgram program, XdpPort port, bool isPortOurs) =>
        (Program, _port, _isPortOurs) = (program, port, isPortOurs);

    /// <summary>The loaded program. The kernel has its own copy of the instructions; this one does not change.</summary>
    public XdpProgram Program { get; }

    internal SafeFileHandle Handle { get; private set; } = new(-1, ownsHandle: false);

    /// <summary>
    /// Loads a program. That takes milliseconds, and several hundred of them for thousands of rules. Do not call it on a thread that
    /// packets wait for.
    /// </summary>
    /// <exception cref="XdpException">The kernel denies this process permission, or rejects the program.</exception>
    public static LoadedXdpProgram Load(XdpProgram program) => Load(program, null);

    /// <param name="port">What it shares with other programs of an interface; null for one that shares nothing.</param>
    /// <exception cref="XdpException">The kernel denies this process permission, or rejects the program.</exception>
    internal static LoadedXdpProgram Load(XdpProgram program, XdpPort? port)
    {
        var loaded = new LoadedXdpProgram(program, port ?? NewPort(), isPortOurs: port is null);
        try
        {
            foreach (var map in program.Maps) loaded.Add(map);
            var flags = program.Traits.HasFragments ? Bpf.BPF_F_XDP_HAS_FRAGS : 0;
            loaded.Handle = Bpf.LoadXdp(loaded.Linked(), flags, Name, out var log)
                ?? throw Refused(program, log!);
            return loaded;
        }
        catch (LinuxException e)
        {
            loaded.Dispose();
            throw Explained(e);
        }
        catch (XdpException)
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>Runs it on a packet, without a device.</summary>
    /// <param name="packet">At least 14 bytes. At most about 3500, which fit in a memory page with the kernel's headroom.</param>
    /// <exception cref="LinuxException">The kernel takes no packet of such a length.</exception>
    public XdpOutcome Run(ReadOnlySpan<byte> packet)
    {
        Span<byte> output = new byte[XdpMetadata.Bytes + packet.Length];
        Bpf.TestRun(Handle, packet, output, repeat: 1, out var written, out _);
        return written > packet.Length ? new XdpOutcome(true, XdpMetadata.Read(output)) : new XdpOutcome(false, default);
    }

    /// <summary>Nanoseconds per packet, as the kernel measures them over many runs.</summary>
    public int Measure(ReadOnlySpan<byte> packet, int runs)
    {
        Span<byte> output = new byte[XdpMetadata.Bytes + packet.Length];
        Bpf.TestRun(Handle, packet, output, runs, out _, out var nanoseconds);
        return nanoseconds;
    }

    /// <summary>Packets that a rule matched and that stayed with the kernel so far, and their bytes.</summary>
    /// <param name="rule">1-based; 0 for packets that no rule matched.</param>
    public PacketTally Count(int rule)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)rule, (uint)Program.Rules);
        return CountAt(rule);
    }

    /// <summary>Packets that a guard kept with the kernel so far, and their bytes.</summary>
    /// <param name="guard">0-based.</param>
    public PacketTally CountOfGuard(int guard)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)guard, (uint)Program.Guards.Count);
        return CountAt(1 + Program.Rules + guard);
    }

    /// <summary>Says of a verdict's packets that from now on they stay with the kernel, or that they are taken again.</summary>
    /// <param name="verdict">0-based, among those that the program was compiled with.</param>
    internal void Leave(int verdict, bool isLeft)
    {
        if ((uint)verdict < (uint)Program.Verdicts) _verdicts.Write(verdict * sizeof(uint), isLeft ? 1u : 0u);
    }

    /// <summary>Says that all packets stay with the kernel from now on.</summary>
    internal void LeaveAll()
    {
        for (var verdict = 0; verdict < Program.Verdicts; verdict++) Leave(verdict, isLeft: true);
    }

    /// <summary>
    /// Closes the program's and the maps' descriptors. The kernel frees the program and the maps when the program is not attached anywhere.
    /// Its counts stay readable.
    /// </summary>
    public void Dispose()
    {
        Handle.Dispose();
        foreach (var map in _maps) map.Dispose();
        if (_isPortOurs) _port.Dispose();
    }

    internal PacketTally CountAt(int place)
    {
        var (packets, bytes) = (0L, 0L);
        var row = (1L + Program.Rules + Program.Guards.Count) * XdpCounters.TallyBytes;
        for (var cpu = 0; cpu < PossibleCpus.Count; cpu++)
        {
            var at = (cpu * row) + ((long)place * XdpCounters.TallyBytes);
            packets += _counters.Read(at);
            bytes += _counters.Read(at + sizeof(long));
        }

        return new PacketTally(packets, bytes);
    }

    private static XdpPort NewPort()
    {
        try
        {
            return new XdpPort();
        }
        catch (LinuxException e)
        {
            throw Explained(e);
        }
    }

    private void Add(EbpfMap map)
    {
        if (map.IsShared)
        {
            _descriptors.Add(_port.DescriptorOf(map));
            return;
        }

        var handle = Bpf.CreateMap(
            (int)map.Type, map.KeyBytes, map.ValueBytes, map.MostEntries, map.Name, map.IsMapped ? Bpf.BPF_F_MMAPABLE : 0);
        _maps.Add(handle);
        _descriptors.Add((int)handle.DangerousGetHandle());
        if (map.Entries > 0) Bpf.Update(handle, map.Keys, map.Values, map.Entries, map.Name);
        if (!map.IsMapped) return;
        var memory = new MappedMap(handle, map.ValueBytes, map.Name);
        if (_descriptors.Count - 1 == XdpCompiler.CountersMap) _counters = memory;
        else _verdicts = memory;
    }

    /// <summary>The instructions for the kernel, with the maps' descriptors in place of their numbers.</summary>
    private byte[] Linked()
    {
        var bytes = new byte[Program.Length * EbpfInstruction.Bytes];
        for (var i = 0; i < Program.Length; i++)
        {
            var instruction = Program.Instructions[i];
            if (instruction.IsMapLoad)
                instruction = instruction with { Immediate = _descriptors[instruction.Immediate] };
            instruction.Write(bytes.AsSpan(i * EbpfInstruction.Bytes));
        }

        return bytes;
    }

    private static string LastWords(string log) => string.Join("; ", log.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(3));

    /// <summary>
    /// Without CAP_PERFMON the verifier allows no arithmetic between pointers, and the error does not tell that from a bad program.
    /// </summary>
    private static XdpException Refused(XdpProgram program, string log)
    {
        var words = $"the kernel's verifier refuses the program of generation {program.Source.Generation}";
        var held = Capabilities.In(File.ReadAllText("/proc/self/status"));
        return Capabilities.Has(held, Capability.PerfMon) || Capabilities.Has(held, Capability.SysAdmin)
            ? new XdpException($"{words}: {LastWords(log)}")
            : new XdpException($"{words}; it needs the capability CAP_PERFMON, or root", isPrivilegeMissing: true);
    }

    internal static XdpException Explained(LinuxException e) => e.Errno is Errno.EPERM or Errno.EACCES
        ? new XdpException(
            $"{e.Message}; loading XDP programs needs the capabilities CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, or root",
            isPrivilegeMissing: true, e)
        : new XdpException(e.Message, inner: e);
}

/// <summary>A program's verdict on a packet.</summary>
/// <param name="IsTaken">Whether it goes to software; otherwise it stays with the kernel.</param>
/// <param name="Metadata">The metadata of a packet that is taken.</param>
public readonly record struct XdpOutcome(bool IsTaken, XdpMetadata Metadata);
