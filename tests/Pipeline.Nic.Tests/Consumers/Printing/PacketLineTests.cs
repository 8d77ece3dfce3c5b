using Pipeline.Nic.Headers;
using Pipeline.Nic.Tests.Consumers.Flows;
using Pipeline.Nic.Tests.Headers;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Printing;

public sealed class PacketLineTests
{
    [Theory]
    [InlineData(0x02, "Flags [S], seq 0, win 0")]
    [InlineData(0x12, "Flags [S.], seq 0, ack 0, win 0")]
    [InlineData(0x10, "Flags [.], ack 0, win 0")]
    [InlineData(0x18, "Flags [P.], ack 0, win 0")]
    [InlineData(0x11, "Flags [F.], seq 0, ack 0, win 0")]
    [InlineData(0x04, "Flags [R], seq 0, win 0")]
    [InlineData(0xc2, "Flags [SEW], seq 0, win 0")]
    [InlineData(0x20, "Flags [U], win 0, urg 0")]
    [InlineData(0x00, "Flags [none], win 0")]
    public void Flags_of_tcp_have_tcpdumps_letters(byte flags, string expected) =>
        Assert.Equal($"IP 10.0.0.1.80 > 10.0.0.2.9: {expected}, length 0", Printed.Line(IpPackets.Tcp("10.0.0.1", 80, "10.0.0.2", 9, flags)));

    [Fact]
    public void A_segment_says_which_bytes_it_has() => Assert.Equal(
        "IP 10.0.0.1.1 > 10.0.0.2.2: Flags [P.], seq 7:10, ack 9, win 258, length 3",
        Printed.Line(IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Tcp, Bytes.Of("00010002 00000007 00000009 5018 0102 00000000 616263"))));

    [Fact]
    public void Padding_is_no_payload() => Assert.EndsWith("UDP, length 4", Printed.Line([.. WithLength(IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2, 4), 12), 0, 0, 0, 0]));

    [Fact]
    public void IPv6_addresses_are_short() =>
        Assert.StartsWith("IP6 2001:db8::1.1 > ::1.2: UDP", Printed.Line(IpPackets.Udp("2001:db8::1", 1, "::1", 2, 4)));

    [Theory]
    [InlineData("IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 2, length 8", "10.0.0.1", "10.0.0.2", 1, "0800000000010002")]
    [InlineData("IP 10.0.0.1 > 10.0.0.2: ICMP unreachable, code 3, length 8", "10.0.0.1", "10.0.0.2", 1, "0303000000000000")]
    [InlineData("IP 10.0.0.1 > 10.0.0.2: ICMP type-#99, length 8", "10.0.0.1", "10.0.0.2", 1, "6300000000000000")]
    [InlineData("IP6 fe80::1 > ff02::1: ICMP6, echo reply, id 1, seq 2, length 8", "fe80::1", "ff02::1", 58, "8100000000010002")]
    [InlineData("IP6 fe80::1 > ff02::1: ICMP6, neighbor solicitation, who has fe80::2, length 24", "fe80::1", "ff02::1", 58, "8700000000000000fe800000000000000000000000000002")]
    [InlineData("IP 10.0.0.1 > 10.0.0.2: ip-proto-47, length 4", "10.0.0.1", "10.0.0.2", 47, "00000800")]
    [InlineData("IP 10.0.0.1.1 > 10.0.0.2.2: ip-proto-132, length 12", "10.0.0.1", "10.0.0.2", 132, "000100020000000000000000")]
    [InlineData("IP 10.0.0.1 > 10.0.0.2: tcp [truncated], length 2", "10.0.0.1", "10.0.0.2", 6, "0001")]
    public void What_is_behind_ip_is_named_or_numbered(string expected, string from, string to, byte protocol, string behind) =>
        Assert.Equal(expected, Printed.Line(IpPackets.Ip(from, to, protocol, Bytes.Of(behind))));

    [Fact]
    public void Fragments_say_where_they_belong()
    {
        Assert.Equal(
            "IP 10.0.0.1 > 10.0.0.2: frag (id 0x0, offset 1480, length 8) ip-proto-17",
            Printed.Line(IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Udp, new byte[8], fragment: 0x00b9)));
        Assert.Equal(
            "IP 10.0.0.1.1 > 10.0.0.2.2: frag (id 0x0, offset 0, length 8, more follow) UDP, length 1472",
            Printed.Line(IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Udp, Bytes.Of("0001000205c80000"), fragment: 0x2000)));
    }

    [Fact]
    public void Extension_headers_are_named() => Assert.Equal(
        "IP6 2001:db8::1 > 2001:db8::2: HBH frag (id 0x7, offset 0, length 4, more follow) ICMP6, echo request, length 4",
        Printed.Line(Bytes.Of(Bytes.Macs, "86dd", Bytes.IPv6(IpProtocol.HopByHop, 20), "2c00000000000000", "3a00000100000007", "80000000")));

    [Theory]
    [InlineData("ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28", "0001")]
    [InlineData("ARP, Reply 10.0.0.1 is-at 02:00:00:00:00:01, length 28", "0002")]
    [InlineData("ARP, operation 9 who-has 10.0.0.2 tell 10.0.0.1, length 28", "0009")]
    public void Arp_says_who_asks_for_whom(string expected, string operation) => Assert.Equal(
        expected, Printed.Line(Bytes.Of(Bytes.Macs, "0806 0001 0800 06 04", operation, "020000000001 0a000001", "000000000000 0a000002")));

    [Theory]
    [InlineData("02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype 0x88cc, length 2", "88cc 0000")]
    [InlineData("02:00:00:00:00:02 > 02:00:00:00:00:01, 802.3, length 3", "0003 424203")]
    [InlineData("vlan 100, p 3, vlan 7, p 0, DEI, IP [truncated or no IPv4], length 1", "88a8 6064 8100 1007 0800 45")]
    [InlineData("[truncated Ethernet], length 13", "08")]
    [InlineData("IP6 [truncated or no IPv6], length 1", "86dd 60")]
    [InlineData("ARP, [truncated, or not of IPv4 on Ethernet], length 1", "0806 00")]
    public void Everything_else_has_its_type_and_length(string expected, string behindMacs) =>
        Assert.Equal(expected, Printed.Line(Bytes.Of(Bytes.Macs, behindMacs)));

    [Fact]
    public void An_unknown_link_type_has_its_number() =>
        Assert.Equal("link-type 105, length 9\n", Printed.Text(Printed.Plain, null, (LinkType)105, new SentPacket(new byte[5], 1, 9)));

    [Fact]
    public void The_link_header_comes_first_where_it_is_wanted() => Assert.Equal(
        "02:00:00:00:00:02 > 02:00:00:00:00:01, vlan 7, p 0, ethertype 0x0800, length 46: IP 10.0.0.1 > 10.0.0.2: ICMP echo reply, id 0, seq 0, length 8",
        Printed.Line(
            WithLength(Bytes.Of(Bytes.Macs, "8100 0007 0800", Bytes.IPv4(IpProtocol.Icmp), "0000000000000000"), 28, 18), Printed.Plain with { ShowsLink = true }));

    /// <summary>Sets the total length of IPv4, or the length of UDP.</summary>
    private static byte[] WithLength(byte[] packet, byte length, int l3 = 34)
    {
        packet[l3 == 34 ? 39 : l3 + 3] = length;
        return packet;
    }
}
