using System.Buffers.Binary;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>One flow of the generated traffic: its two ends, and the shape of its packets. All checksums are correct.</summary>
/// <remarks>
/// Sources are in 10.0.0.0/8 and 2001:db8::/32 (RFC 3849), destinations in the blocks for benchmarks, 198.18.0.0/15 (RFC 2544) and
/// 2001:2::/48 (RFC 5180). Of 64 flows about 8 are IPv6 (UDP) and 4 are ICMP echo. The others are TCP and UDP, mostly to the ports of the
/// web and of DNS. The kinds of a mixed link define its flows.
/// </remarks>
internal sealed record SimulatedFlow
{
    private const int EthernetBytes = 14;
    private const ushort UserPorts = 1024;

    public required byte Protocol { get; init; }

    /// <summary>Source and destination, 8 bytes or 32.</summary>
    public required byte[] Addresses { get; init; }

    public ushort SourcePort { get; init; }

    public ushort DestinationPort { get; init; }

    /// <summary>The virtual function it goes to; -1 for the device itself.</summary>
    public int Function { get; init; } = -1;

    /// <summary>Whether it asks repeatedly who has the destination's address. It then has no protocol.</summary>
    public bool IsArp { get; init; }

    private bool IsIPv4 => Addresses.Length == 8;

    private int NetworkBytes => IsIPv4 ? IPv4Header.MinSize : IPv6Header.Size;

    public static SimulatedFlow Draw(ref SplitMix random, int functions)
    {
        var kind = random.Below(64);
        var isIPv4 = kind >= 8;
        var protocol = !isIPv4 ? IpProtocol.Udp : kind < 12 ? IpProtocol.Icmp : kind < 46 ? IpProtocol.Tcp : IpProtocol.Udp;
        return new SimulatedFlow
        {
            Protocol = protocol,
            Addresses = isIPv4 ? IPv4Addresses(ref random) : IPv6Addresses(ref random),
            SourcePort = (ushort)(UserPorts + random.Below(65536 - UserPorts)),
            DestinationPort = Port(ref random, protocol == IpProtocol.Tcp ? [443, 443, 443, 80, 80, 22] : [53, 53, 53, 443, 443, 123]),
            Function = random.Below(functions + 1) - 1,
        };
    }

    /// <summary>A flow of one kind of a mixed link.</summary>
    public static SimulatedFlow Draw(ref SplitMix random, TrafficKind kind, int functions) => new()
    {
        Protocol = kind.Protocol,
        Addresses = kind.Payload == EtherPayload.IPv6 ? IPv6Addresses(ref random) : IPv4Addresses(ref random),
        SourcePort = (ushort)(UserPorts + random.Below(65536 - UserPorts)),
        DestinationPort = kind.DestinationPort,
        Function = random.Below(functions + 1) - 1,
        IsArp = kind.Payload == EtherPayload.Arp,
    };

    /// <summary>Writes a whole packet of the flow over bytes that already are its payload.</summary>
    public void Write(Span<byte> packet)
    {
        ReceiveSideScaling.AddressOf(Function).CopyTo(packet);
        ReadOnlySpan<byte> source = [0x02, 0x01, .. Addresses.AsSpan(0, 4)];
        source.CopyTo(packet[6..]);
        if (IsArp)
        {
            WriteArp(packet);
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[12..], IsIPv4 ? EtherType.IPv4 : EtherType.IPv6);
        if (IsIPv4) WriteIPv4(packet[EthernetBytes..]);
        else WriteIPv6(packet[EthernetBytes..]);
        WriteTransport(packet[(EthernetBytes + NetworkBytes)..]);
    }

    /// <summary>RFC 826: a broadcast request.</summary>
    private void WriteArp(Span<byte> packet)
    {
        packet[..6].Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(packet[12..], EtherType.Arp);
        var body = packet[EthernetBytes..];
        body.Clear();
        ((ReadOnlySpan<byte>)[0, 1, 8, 0, 6, 4, 0, 1]).CopyTo(body); // Ethernet, IPv4, sizes of their addresses, request
        packet.Slice(6, 6).CopyTo(body[8..]);
        Addresses.AsSpan(0, 4).CopyTo(body[14..]);
        Addresses.AsSpan(4, 4).CopyTo(body[24..]);
    }

    private static byte[] IPv4Addresses(ref SplitMix random)
    {
        var bits = random.Next();
        return
        [
            10, (byte)bits, (byte)(bits >> 8), (byte)(bits >> 16),
            198, (byte)(18 | ((bits >> 24) & 1)), (byte)(bits >> 32), (byte)(bits >> 40),
        ];
    }

    private static byte[] IPv6Addresses(ref SplitMix random)
    {
        var addresses = new byte[32];
        BinaryPrimitives.WriteUInt32BigEndian(addresses, 0x20010db8);
        BinaryPrimitives.WriteUInt64BigEndian(addresses.AsSpan(8), random.Next());
        BinaryPrimitives.WriteUInt32BigEndian(addresses.AsSpan(16), 0x20010002);
        BinaryPrimitives.WriteUInt64BigEndian(addresses.AsSpan(24), random.Next());
        return addresses;
    }

    private static ushort Port(ref SplitMix random, ReadOnlySpan<ushort> usual)
    {
        var draw = random.Below(8);
        return draw < usual.Length ? usual[draw] : (ushort)(UserPorts + random.Below(65536 - UserPorts));
    }

    /// <summary>RFC 791 section 3.1: version, length, time to live 64, protocol, checksum, addresses; not to be fragmented.</summary>
    private void WriteIPv4(Span<byte> header)
    {
        var length = (ushort)header.Length;
        header[..IPv4Header.MinSize].Clear();
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], length);
        header[6] = 0x40;
        header[8] = 64;
        header[9] = Protocol;
        Addresses.CopyTo(header[12..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header[..IPv4Header.MinSize]));
    }

    /// <summary>RFC 8200 section 3: version, payload length, next header, hop limit 64, addresses.</summary>
    private void WriteIPv6(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x60000000);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(header.Length - IPv6Header.Size));
        header[6] = Protocol;
        header[7] = 64;
        Addresses.CopyTo(header[8..]);
    }

    private void WriteTransport(Span<byte> segment)
    {
        var checksumAt = Protocol switch { IpProtocol.Tcp => 16, IpProtocol.Udp => 6, _ => 2 };
        segment[..(Protocol == IpProtocol.Tcp ? 20 : 8)].Clear();
        if (Protocol == IpProtocol.Icmp)
        {
            segment[0] = 8; // echo request (RFC 792)
            BinaryPrimitives.WriteUInt16BigEndian(segment[4..], SourcePort);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(segment, SourcePort);
            BinaryPrimitives.WriteUInt16BigEndian(segment[2..], DestinationPort);
        }

        if (Protocol == IpProtocol.Udp) BinaryPrimitives.WriteUInt16BigEndian(segment[4..], (ushort)segment.Length);
        // No options, ACK, window (RFC 9293).
        if (Protocol == IpProtocol.Tcp) ((ReadOnlySpan<byte>)[0x50, 0x10, 0xff, 0xff]).CopyTo(segment[12..]);
        BinaryPrimitives.WriteUInt16BigEndian(segment[checksumAt..], ChecksumOf(segment));
    }

    /// <summary>
    /// The checksum includes the pseudo header, except for ICMP. It must not be 0, because 0 means that there is none (RFC 768).
    /// </summary>
    private ushort ChecksumOf(ReadOnlySpan<byte> segment)
    {
        if (Protocol == IpProtocol.Icmp) return InternetChecksum.Compute(segment);
        var sum = InternetChecksum.AddWord(InternetChecksum.AddWord(0, Protocol), (ushort)segment.Length);
        var checksum = (ushort)~InternetChecksum.Fold(InternetChecksum.Add(InternetChecksum.Add(sum, Addresses), segment));
        return checksum == 0 ? (ushort)0xffff : checksum;
    }
}
