using Pipeline.Nic.Consumers;

namespace Samples;

public sealed class DnsQueries : PacketHandler
{
    private (int Port, HandlerCounter? Queries) _dns;

    public override void Open(HandlerContext context) => _dns = (context.Options.Number("port", 53), context.Counter("dns-queries"));

    public override void Consume(scoped PacketBatch batch)
    {
        foreach (var packet in batch)
            if (packet.TryReadUdp(out var udp) && udp.DestinationPort == _dns.Port) _dns.Queries!.Increment();
    }
}
