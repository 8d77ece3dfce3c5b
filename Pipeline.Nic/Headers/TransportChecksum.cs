namespace Pipeline.Nic.Headers;

/// <summary>Verifies the checksum of a whole TCP, UDP or ICMP segment. Allocates nothing.</summary>
internal static class TransportChecksum
{
    /// <param name="addresses">Source and destination of the IP header: 8 bytes or 32.</param>
    /// <param name="segment">The transport header and its payload, without padding.</param>
    /// <param name="sum">False checks only the headers' lengths. A segment that they do not rule out counts as good.</param>
    public static ChecksumVerdict Verify(byte protocol, ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> segment, bool sum)
    {
        var isIPv4 = addresses.Length == 8;
        return protocol switch
        {
            IpProtocol.Tcp => TcpHeader.TryRead(segment, out _) ? Sum(protocol, addresses, segment, sum) : ChecksumVerdict.Malformed,
            IpProtocol.Udp => Udp(addresses, segment, sum),
            IpProtocol.Icmp when isIPv4 => Icmp(segment, sum),
            IpProtocol.IcmpV6 when !isIPv4 =>
                IcmpHeader.TryRead(segment, out _) ? Sum(protocol, addresses, segment, sum) : ChecksumVerdict.Malformed,
            _ => ChecksumVerdict.None,
        };
    }

    private static ChecksumVerdict Udp(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> segment, bool sum)
    {
        if (!UdpHeader.TryRead(segment, out var udp) || udp.Length < UdpHeader.Size || udp.Length > segment.Length)
            return ChecksumVerdict.Malformed;
        if (udp.Checksum != 0) return Sum(IpProtocol.Udp, addresses, segment[..udp.Length], sum);

        // RFC 768 lets a sender leave it out; RFC 8200 section 8.1 does not.
        return addresses.Length == 8 ? ChecksumVerdict.None : ChecksumVerdict.Bad;
    }

    private static ChecksumVerdict Icmp(ReadOnlySpan<byte> segment, bool sum)
    {
        if (!IcmpHeader.TryRead(segment, out _)) return ChecksumVerdict.Malformed;
        return !sum || InternetChecksum.IsValid(segment) ? ChecksumVerdict.Good : ChecksumVerdict.Bad;
    }

    /// <summary>
    /// Verifies the sum with the pseudo header of RFC 9293 section 3.1 and RFC 8200 section 8.1: addresses, protocol, length.
    /// </summary>
    private static ChecksumVerdict Sum(byte protocol, ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> segment, bool sum)
    {
        if (!sum) return ChecksumVerdict.Good;
        var total = InternetChecksum.AddWord(0, protocol);
        total = InternetChecksum.AddWord(total, (ushort)segment.Length);
        total = InternetChecksum.Add(total, addresses);
        return InternetChecksum.Fold(InternetChecksum.Add(total, segment)) == 0xffff ? ChecksumVerdict.Good : ChecksumVerdict.Bad;
    }
}
