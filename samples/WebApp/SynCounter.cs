using Pipeline.Nic.Consumers;

namespace WebApp;

/// <summary>Connections asked for, by port. Written by the handler's thread, read by requests.</summary>
internal sealed class PortFigures
{
    private readonly long[] _syns = new long[65536];

    public void Count(int port) => Interlocked.Increment(ref _syns[port]);

    public IReadOnlyDictionary<int, long> Top(int most) =>
        Enumerable.Range(0, _syns.Length).Select(port => (port, syns: Interlocked.Read(ref _syns[port]))).Where(p => p.syns > 0)
            .OrderByDescending(p => p.syns).Take(most).ToDictionary(p => p.port, p => p.syns);
}

/// <summary>Counts the first packets of connections, which a rule picked out.</summary>
internal sealed class SynCounter(PortFigures figures) : PacketHandler
{
    public override void Consume(scoped PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (packet.TryReadTcp(out var tcp)) figures.Count(tcp.DestinationPort);
        }
    }
}
