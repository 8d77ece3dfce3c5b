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

    private LoadedXdpProgram(XdpProgram program) => Program = program;

    /// <summary>The loaded program. The kernel has its own copy of the instructions; this one does not change.</summary>
    public XdpProgram Program { get; }

    internal SafeFileHandle Handle { get; private set; } = new(-1, ownsHandle: false);

    /// <summary>
    /// Loads a program. That takes milliseconds, and several hundred of them for thousands of rules. Do not call it on a thread that
    /// packets wait for.
    /// </summary>
    /// <exception cref="XdpException">The kernel denies this process permission, or rejects the program.</exception>
    public static LoadedXdpProgram Load(XdpProgram program)
    {
        var loaded = new LoadedXdpProgram(program);
        try
        {
            foreach (var map in program.Maps) loaded._maps.Add(Create(map));
            loaded.Handle = Bpf.LoadXdp(loaded.Linked(), Name, out var log)
                ?? throw new XdpException(
                    $"the kernel's verifier refuses the program of generation {program.Source.Generation}: {LastWords(log!)}");
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

    /// <summary>Packets that a rule matched in the kernel so far, and their bytes.</summary>
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

    /// <summary>
    /// Closes the program's and the maps' descriptors. The kernel frees the program and the maps when the program is not attached anywhere.
    /// </summary>
    public void Dispose()
    {
        Handle.Dispose();
        foreach (var map in _maps) map.Dispose();
    }

    private PacketTally CountAt(int place)
    {
        var values = new byte[PossibleCpus.Count * XdpCompiler.CounterBytes];
        Bpf.Lookup(_maps[XdpCompiler.CountersMap], (uint)place, values, "counters");
        var (packets, bytes) = (0L, 0L);
        for (var at = 0; at < values.Length; at += XdpCompiler.CounterBytes)
        {
            packets += BitConverter.ToInt64(values, at);
            bytes += BitConverter.ToInt64(values, at + sizeof(long));
        }

        return new PacketTally(packets, bytes);
    }

    private static SafeFileHandle Create(EbpfMap map)
    {
        var handle = Bpf.CreateMap((int)map.Type, map.KeyBytes, map.ValueBytes, map.MostEntries, map.Name);
        if (map.Entries == 0) return handle;
        try
        {
            Bpf.Update(handle, map.Keys, map.Values, map.Entries, map.Name);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The instructions for the kernel, with the maps' descriptors in place of their numbers.</summary>
    private byte[] Linked()
    {
        var bytes = new byte[Program.Length * EbpfInstruction.Bytes];
        for (var i = 0; i < Program.Length; i++)
        {
            var instruction = Program.Instructions[i];
            if (instruction.IsMapLoad)
                instruction = instruction with { Immediate = (int)_maps[instruction.Immediate].DangerousGetHandle() };
            instruction.Write(bytes.AsSpan(i * EbpfInstruction.Bytes));
        }

        return bytes;
    }

    private static string LastWords(string log) => string.Join("; ", log.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(3));

    private static XdpException Explained(LinuxException e) => e.Errno is Errno.EPERM or Errno.EACCES
        ? new XdpException(
            $"{e.Message}; loading XDP programs needs the capabilities CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, or root",
            isPrivilegeMissing: true, e)
        : new XdpException(e.Message, inner: e);
}

/// <summary>A program's verdict on a packet.</summary>
/// <param name="IsTaken">Whether it goes to software; otherwise it stays with the kernel.</param>
/// <param name="Metadata">The metadata of a packet that is taken.</param>
public readonly record struct XdpOutcome(bool IsTaken, XdpMetadata Metadata);
