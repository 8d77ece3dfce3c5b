using System.Numerics;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// The memory in which the programs of one interface leave copies of packets that stay with the kernel: a ring for each CPU. There is none
/// until rules need it. Any thread; each ring's records are for the reader's.
/// </summary>
internal sealed class CopyRings : IDisposable
{
    /// <summary>
    /// The least for a ring. With its first page that is what the kernel allows each user and CPU beyond the limit on locked memory
    /// (kernel.perf_event_mlock_kb, 516).
    /// </summary>
    private const int LeastBytes = 512 << 10;

    private const int MostBytes = 4 << 20;

    /// <summary>The most for all of them, as long as there are not so many CPUs that the least is more.</summary>
    private const int MostBytesTogether = 64 << 20;

    private readonly Lock _gate = new();
    private SafeFileHandle? _map;
    private PerfRing[] _rings = [];

    /// <summary>One for each CPU that was up when rules were last made ready.</summary>
    public ReadOnlySpan<PerfRing> All => Volatile.Read(ref _rings);

    /// <summary>The map by which programs find the memory of their CPU. A CPU without memory loses its copies, which are counted.</summary>
    public SafeFileHandle Map
    {
        get
        {
            lock (_gate)
            {
                var map = XdpCopyEmitter.MapOf(PossibleCpus.Count);
                return _map ??= Bpf.CreateMap((int)map.Type, map.KeyBytes, map.ValueBytes, map.MostEntries, map.Name);
            }
        }
    }

    /// <summary>Makes rings for the CPUs that are up and have none.</summary>
    /// <exception cref="LinuxException">The process lacks the capability CAP_PERFMON, or there is no memory.</exception>
    public void Open()
    {
        var map = Map;
        lock (_gate)
        {
            foreach (var cpu in PossibleCpus.UpNow())
            {
                if (Array.Exists(_rings, r => r.Cpu == cpu)) continue;
                var ring = Open(cpu);
                try
                {
                    Bpf.Update(map, (uint)cpu, (uint)ring.Descriptor, "copies");
                    Bpf.Update(map, (uint)(PossibleCpus.Count + cpu), (uint)ring.WakingDescriptor, "copies");
                }
                catch
                {
                    ring.Dispose();
                    throw;
                }

                Volatile.Write(ref _rings, [.. _rings, ring]);
            }
        }
    }

    /// <summary>Closes them. No program must run any more.</summary>
    public void Dispose()
    {
        _map?.Dispose();
        foreach (var ring in _rings) ring.Dispose();
        _rings = [];
    }

    private static PerfRing Open(int cpu)
    {
        var share = BitOperations.RoundUpToPowerOf2((uint)(MostBytesTogether / PossibleCpus.Count));
        var bytes = Math.Clamp((int)share, LeastBytes, MostBytes);
        try
        {
            return new PerfRing(cpu, bytes);
        }
        catch (LinuxException e) when (e.Errno == Errno.EPERM && bytes > LeastBytes)
        {
            return new PerfRing(cpu, LeastBytes);
        }
    }
}
