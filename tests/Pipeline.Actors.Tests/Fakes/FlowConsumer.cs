using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Remembers the flows it got and whether each of their legs came in order. What it knows outlives it, in <see cref="FlowLog"/>.</summary>
internal sealed class FlowConsumer(FlowLog log, Action? onBundle = null) : IPacketConsumer
{
    public void Consume(scoped PacketBatch batch)
    {
        onBundle?.Invoke();
        foreach (ref readonly var packet in batch.Packets) log.Add(batch.BytesOf(packet));
    }

    public void Flush()
    {
    }

    public void Complete()
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>What one consumer instance, or several that share it, got over all incarnations.</summary>
internal sealed class FlowLog
{
    private readonly Dictionary<FlowLeg, long> _latest = [];

    public long Packets { get; private set; }

    /// <summary>Packets that came after a later one of their leg, or twice.</summary>
    public int OutOfOrder { get; private set; }

    public IEnumerable<int> Flows => _latest.Keys.Select(leg => leg.Flow).Distinct();

    /// <summary>Any thread: instances may share a log, because flows that move between them stay in order.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var (leg, number) = FlowPackets.Read(bytes);
        lock (_latest)
        {
            Packets++;
            if (_latest.TryGetValue(leg, out var latest) && latest >= number) OutOfOrder++;
            _latest[leg] = number;
        }
    }
}
