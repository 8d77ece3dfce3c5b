using Pipeline.Nic.Consumers;
using Pipeline.Nic.Headers;

namespace Worker;

/// <summary>What the handlers counted. They are made anew after a failure, and there may be several; this outlives them.</summary>
internal sealed class DnsFigures
{
    private long _queries;
    private long _answers;

    public long Queries => Interlocked.Read(ref _queries);

    public long Answers => Interlocked.Read(ref _answers);

    public void Add(int queries, int answers)
    {
        Interlocked.Add(ref _queries, queries);
        Interlocked.Add(ref _answers, answers);
    }
}

/// <summary>Tells queries from answers by the first bit behind the identifier (RFC 1035 section 4.1.1, QR).</summary>
internal sealed class DnsCounter(DnsFigures figures) : PacketHandler
{
    public override void Consume(scoped PacketBatch batch)
    {
        var (queries, answers) = (0, 0);
        foreach (var packet in batch)
        {
            var bytes = packet.Bytes;
            var qr = HeaderLocator.L4(packet.LinkType, bytes) + UdpHeader.Size + 2;
            if (qr >= bytes.Length) continue;
            if ((bytes[qr] & 0x80) == 0) queries++;
            else answers++;
        }

        figures.Add(queries, answers);
    }
}
