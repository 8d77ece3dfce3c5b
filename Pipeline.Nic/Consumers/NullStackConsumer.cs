using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// Stands in for the normal stack where there is none: for files and for the simulator. It parses every packet, verifies
/// its checksums as a host would, and delivers it to nobody. Its account is the stack's, so all of its packets count as passed.
/// </summary>
/// <remarks>One thread consumes; any thread may read counts and notes. It allocates nothing per packet.</remarks>
/// <param name="verifyChecksums">False parses headers only, at a cost that does not grow with the packets' length.</param>
public sealed class NullStackConsumer(bool verifyChecksums = true) : IPacketConsumer, INotingConsumer
{
    private readonly long[] _counts = new long[Enum.GetValues<NullStackCount>().Length];

    /// <summary>False parses every packet on the slow path, for tests that compare the two paths.</summary>
    internal bool TakesShortWay { get; init; } = true;

    /// <summary>Says what it is and what it counted, one line each, for the report and the log.</summary>
    public IReadOnlyList<string> Notes => NullStackNotes.Of(this, verifyChecksums);

    /// <summary>Packets counted as <paramref name="what"/> so far. Any thread; two counts can be one batch apart.</summary>
    public long this[NullStackCount what] => Volatile.Read(ref _counts[(int)what]);

    /// <summary>
    /// Parses every packet of the batch. It counts each packet's kind and its faults. It rejects none: all count as passed.
    /// </summary>
    public void Consume(scoped PacketBatch batch)
    {
        var linkType = batch.Interface.LinkType;
        var plain = default(PlainCounts);
        foreach (ref readonly var packet in batch.Packets)
        {
            var bytes = batch.BytesOf(packet);
            var network = LinkHeader.Locate(linkType, bytes, out var l3);
            var isCut = bytes.Length < packet.WireLength;
            if (l3 > 0) bytes = bytes[l3..];
            var sums = verifyChecksums && !packet.Has(PacketFlags.ChecksumPending);
            var kind = isCut || !TakesShortWay ? PlainKind.None : PlainPacket.KindOf(network, bytes, sums);
            plain[(int)kind]++;
            if (kind == PlainKind.None) Parse(network, bytes, isCut, sums);
        }

        CountPlain(plain);
    }

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <summary>Frees nothing. The counts can be read afterwards.</summary>
    public void Dispose()
    {
    }

    private void CountPlain(in PlainCounts plain)
    {
        Count(NullStackCount.IPv4, plain.Tcp4 + plain.Udp4);
        Count(NullStackCount.IPv6, plain.Tcp6 + plain.Udp6);
        Count(NullStackCount.Tcp, plain.Tcp4 + plain.Tcp6);
        Count(NullStackCount.Udp, plain.Udp4 + plain.Udp6);
        Count(NullStackCount.UdpWithoutChecksum, plain.Of(PlainKind.UdpWithoutChecksum));
        Count(NullStackCount.BadTcpChecksum, plain.BadTcp);
        Count(NullStackCount.BadUdpChecksum, plain.BadUdp);
    }

    /// <param name="bytes">From the network header on, where there is one.</param>
    /// <param name="isCut">The packet was longer than its captured part.</param>
    /// <param name="sums">Whether the transport's checksum is verified. One that is pending cannot be wrong.</param>
    private void Parse(NetworkLayer network, ReadOnlySpan<byte> bytes, bool isCut, bool sums)
    {
        switch (network)
        {
            case NetworkLayer.IPv4:
                Count(NullStackCount.IPv4);
                ParseIPv4(bytes, isCut, sums);
                break;
            case NetworkLayer.IPv6:
                Count(NullStackCount.IPv6);
                ParseIPv6(bytes, isCut, sums);
                break;
            case NetworkLayer.Arp:
                Count(NullStackCount.Arp);
                break;
            default:
                Count(NullStackCount.OtherNetwork);
                break;
        }
    }

    private void ParseIPv4(ReadOnlySpan<byte> bytes, bool isCut, bool sums)
    {
        if (!IPv4Header.TryRead(bytes, out var ip) || (ip.TotalLength != 0 && ip.TotalLength < ip.Length))
        {
            CountBroken(isCut && (bytes.Length < IPv4Header.MinSize || (bytes[0] & 0x0f) * 4 > bytes.Length));
            return;
        }

        if (verifyChecksums && !ip.HasValidChecksum) Count(NullStackCount.BadIPv4Checksum);
        var start = HeaderLocator.Transport(NetworkLayer.IPv4, bytes, 0);
        var partial = start.IsFragment || ip.TotalLength == 0 || ip.HasSourceRoute;
        ParseTransport(start, ip.Addresses, bytes, ip.TotalLength, partial, isCut, sums);
    }

    private void ParseIPv6(ReadOnlySpan<byte> bytes, bool isCut, bool sums)
    {
        if (!IPv6Header.TryRead(bytes, out var ip))
        {
            CountBroken(isCut && bytes.Length < IPv6Header.Size);
            return;
        }

        var start = HeaderLocator.Transport(NetworkLayer.IPv6, bytes, 0);
        var partial = start.IsFragment || start.IsRouted || ip.PayloadLength == 0;
        ParseTransport(start, ip.Addresses, bytes, IPv6Header.Size + ip.PayloadLength, partial, isCut, sums);
    }

    /// <param name="bytes">From the IP header on.</param>
    /// <param name="ipLength">Bytes that belong to the IP packet, as its header says. Any bytes after them are padding.</param>
    /// <param name="partial">Some of the bytes that the checksum covers are not in this packet.</param>
    /// <param name="isCut">The packet was longer than its captured part.</param>
    private void ParseTransport(
        TransportStart start, ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> bytes, int ipLength, bool partial, bool isCut, bool sums)
    {
        var kind = KindOf(start.Protocol, addresses.Length);
        Count(kind);
        if (partial || (isCut && ipLength > bytes.Length)) CountUnverifiable(kind);
        else if (ipLength > bytes.Length || start.Offset > ipLength) Count(NullStackCount.Malformed);
        else if (start.Offset >= 0)
            CountVerdict(kind, TransportChecksum.Verify(start.Protocol, addresses, bytes[start.Offset..ipLength], sums));
        else if (start.Protocol != IpProtocol.NoNextHeader) Count(NullStackCount.Malformed);
    }

    private void CountVerdict(NullStackCount kind, ChecksumVerdict verdict)
    {
        if (verdict == ChecksumVerdict.Good) return;
        if (verdict == ChecksumVerdict.Malformed) Count(NullStackCount.Malformed);
        else if (verdict == ChecksumVerdict.Bad) Count(kind - NullStackCount.Tcp + NullStackCount.BadTcpChecksum);
        else if (kind == NullStackCount.Udp) Count(NullStackCount.UdpWithoutChecksum);
    }

    private static NullStackCount KindOf(byte protocol, int addressBytes) => protocol switch
    {
        IpProtocol.Tcp => NullStackCount.Tcp,
        IpProtocol.Udp => NullStackCount.Udp,
        IpProtocol.Icmp when addressBytes == 8 => NullStackCount.Icmp,
        IpProtocol.IcmpV6 when addressBytes == 32 => NullStackCount.Icmp,
        _ => NullStackCount.OtherTransport,
    };

    private void CountUnverifiable(NullStackCount kind)
    {
        if (verifyChecksums && kind != NullStackCount.OtherTransport) Count(NullStackCount.Unverifiable);
    }

    /// <summary>An unreadable IP header counts as malformed only when it was captured whole.</summary>
    private void CountBroken(bool cutOff)
    {
        if (!cutOff) Count(NullStackCount.Malformed);
    }

    // One thread writes, so a plain addition suffices. Readers see whole numbers.
    private void Count(NullStackCount what, int packets = 1) => Volatile.Write(ref _counts[(int)what], _counts[(int)what] + packets);
}
