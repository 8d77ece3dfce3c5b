using System.Net;
using CsCheck;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Tests.Consumers.Flows;
using Xunit;

namespace Pipeline.Nic.Tests.Headers;

public class PacketHeadersTests
{
    [Fact]
    public void Addresses_ports_and_lengths_of_tcp_are_there()
    {
        var packet = IpPackets.Tcp("10.0.0.1", 80, "10.0.0.2", 9, 0x12);

        var headers = PacketHeaders.Of(LinkType.Ethernet, [.. packet, 1, 2, 3], 60);

        Assert.Equal((NetworkLayer.IPv4, IpProtocol.Tcp, true), (headers.Network, headers.Protocol, headers.IsIp));
        Assert.Equal(("10.0.0.1", "10.0.0.2"), (new IPAddress(headers.Source).ToString(), new IPAddress(headers.Destination).ToString()));
        Assert.True(headers.TryReadPorts(out var source, out var destination) && (source, destination) == (80, 9));
        Assert.Equal((40, 20, 46), (headers.IpLength, headers.TransportLength, headers.LengthAfterLink));
        Assert.True(headers.TryReadTcp(out var tcp) && tcp.Flags == 0x12);
    }

    [Fact]
    public void Tags_are_looked_through()
    {
        var headers = PacketHeaders.Of(LinkType.Ethernet, Bytes.Of(Bytes.Macs, "88a8 6064 8100 0007 0800", Bytes.IPv4(IpProtocol.Udp), "0001000200080000"));

        Assert.Equal((2, (ushort)0x6064, (ushort)7, EtherType.IPv4), (headers.VlanTags, headers.VlanTag(0), headers.VlanTag(1), headers.Type));
        Assert.True(headers.TryReadPorts(out _, out var destination) && destination == 2);
    }

    [Fact]
    public void There_is_no_third_tag() => Assert.Throws<ArgumentOutOfRangeException>(() => PacketHeaders.Of(LinkType.Ethernet, new byte[60]).VlanTag(0));

    [Fact]
    public void Extension_headers_are_gone_over()
    {
        var packet = Bytes.Of(Bytes.Macs, "86dd", Bytes.IPv6(IpProtocol.HopByHop, 24), "2c00000000000000", "3a00000100000007", "80000000");

        var headers = PacketHeaders.Of(LinkType.Ethernet, packet);
        var types = new List<byte>();
        foreach (var extension in headers.Extensions) types.Add(extension.Type);

        Assert.Equal([IpProtocol.HopByHop, IpProtocol.Fragment], types);
        Assert.Equal((true, false, IpProtocol.IcmpV6), (headers.IsFragment, headers.IsLaterFragment, headers.Protocol));
        Assert.True(headers.TryReadIcmp(out var icmp) && icmp.Type == 128);
    }

    [Fact]
    public void A_later_fragment_has_addresses_and_no_ports()
    {
        var headers = PacketHeaders.Of(LinkType.Ethernet, IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Udp, new byte[8], fragment: 0x00b9));

        Assert.True(headers.IsIp && headers.IsLaterFragment && headers.Protocol == IpProtocol.Udp);
        Assert.False(headers.TryReadPorts(out _, out _));
    }

    [Fact]
    public void The_start_of_a_tcp_header_is_read_where_its_options_were_not_captured()
    {
        var packet = IpPackets.Tcp("10.0.0.1", 80, "10.0.0.2", 9, 2);
        packet[^8] = 0xa0;

        var headers = PacketHeaders.Of(LinkType.Ethernet, packet);

        Assert.False(headers.TryReadTcp(out _));
        Assert.True(TcpHeader.TryReadStart(headers.Transport, out var tcp) && (tcp.Flags, tcp.Length) == (2, 40));
    }

    [Fact]
    public void Arp_is_read() => Assert.True(
        PacketHeaders.Of(LinkType.Ethernet, Bytes.Of(Bytes.Macs, "0806 0001 0800 06 04 0001", "020000000001 0a000001", "000000000000 0a000002")).TryReadArp(out var arp)
        && arp.Operation == ArpHeader.Request && arp.TargetAddress[3] == 2);

    [Fact]
    public void Whatever_the_bytes_are_every_question_has_an_answer() => Likely.Packet.Select(Gen.Enum<LinkType>()).Sample((packet, linkType) =>
    {
        // The bytes end where their memory does, so that reading beyond them throws.
        var headers = PacketHeaders.Of(linkType, packet, 1);
        var asked = headers.Source.Length + headers.Destination.Length + headers.IpLength + headers.TransportLength + headers.Type + headers.AfterLink.Length;
        foreach (var extension in headers.Extensions) asked += extension.Length + extension.FragmentOffset;
        for (var tag = 0; tag < headers.VlanTags; tag++) asked += headers.VlanTag(tag);
        headers.TryReadPorts(out _, out _);
        headers.TryReadTcp(out _);
        headers.TryReadUdp(out _);
        headers.TryReadIcmp(out _);
        headers.TryReadArp(out _);
        headers.TryReadEthernet(out _);
        Assert.True(asked >= 0);
    });
}
