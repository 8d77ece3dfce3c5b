using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>
/// Counts the flows that one consumer instance gets, and releases each when it has had enough of it. For one thread.
/// </summary>
/// <remarks>
/// It remembers 65536 flows. When there are more, it forgets the one without a packet for longest, and begins to count it again. The count
/// also begins again at a release, so that a flow that is taken back gives the consumer as much as a new one.
/// </remarks>
/// <param name="options">At least one of the limits is set.</param>
public sealed class ReleaseAfter(ReleaseAfterOptions options)
{
    private readonly FlowTable _flows = new(
        new FlowOptions { IdleTimeout = options.Idle, ByVlan = true }, new Nobody(), (ulong)Random.Shared.NextInt64());

    private readonly long _packets = options.Packets ?? long.MaxValue;
    private readonly long _bytes = options.Bytes ?? long.MaxValue;

    /// <summary>Counts the packets of a batch that the consumer gets.</summary>
    public void Count(scoped PacketBatch batch)
    {
        foreach (ref readonly var packet in batch.Packets)
        {
            var of = FlowPacket.Of(batch.Interface.LinkType, batch.OwnBytesOf(packet), byVlan: true);
            if (!of.HasPorts) continue;
            var time = packet.Has(PacketFlags.NoTimestamp) ? Flow.NoTime : packet.TimestampNanoseconds;
            ref var flow = ref _flows.Add(of, packet.WireLength, time);
            var seen = flow.Packets + flow.ReversePackets;
            if (seen < _packets && flow.Bytes + flow.ReverseBytes < _bytes) continue;
            batch.Release(packet, options.Idle, seen);
            flow.Packets = flow.ReversePackets = flow.Bytes = flow.ReverseBytes = 0;
        }
    }

    private sealed class Nobody : IFlowReport
    {
        public void Add(in Flow flow, FlowEnd end)
        {
        }
    }
}
