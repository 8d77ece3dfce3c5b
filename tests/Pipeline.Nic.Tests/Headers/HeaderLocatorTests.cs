using CsCheck;
using Pipeline.Nic.Headers;
using Xunit;

namespace Pipeline.Nic.Tests.Headers;

public class HeaderLocatorTests
{
    [Theory]
    [InlineData("0800", 14)]
    [InlineData("0026", 14)]
    [InlineData("8100 0001 0800", 18)]
    [InlineData("88a8 0001 8100 0002 86dd", 22)]
    [InlineData("9100 0001 8100 0002 8100 0003 0800", 22)]
    [InlineData("8100 0001", -1)]
    [InlineData("88a8 0001 8100 0002 86", -1)]
    [InlineData("08", -1)]
    public void Ethernet_ends_behind_the_type_and_at_most_two_tags(string behindMacs, int expected) =>
        Assert.Equal(expected, HeaderLocator.L3(LinkType.Ethernet, Bytes.Of(Bytes.Macs, behindMacs)));

    [Theory]
    [InlineData(LinkType.LinuxSll, 16)]
    [InlineData(LinkType.LinuxSll2, 20)]
    [InlineData(LinkType.Null, 4)]
    [InlineData(LinkType.Loop, 4)]
    [InlineData(LinkType.RawIp, 0)]
    [InlineData(LinkType.IPv4, 0)]
    [InlineData(LinkType.IPv6, 0)]
    public void A_link_header_of_fixed_length_may_end_where_the_packet_ends(LinkType linkType, int length) =>
        Assert.Equal(length, HeaderLocator.L3(linkType, new byte[length]));

    [Theory]
    [InlineData(LinkType.LinuxSll, 15)]
    [InlineData(LinkType.LinuxSll2, 19)]
    [InlineData(LinkType.Null, 3)]
    [InlineData(LinkType.Loop, 3)]
    [InlineData(LinkType.Ppp, 0)]
    [InlineData((LinkType)127, 100)]
    public void A_link_header_cut_off_or_unknown_has_no_network_header(LinkType linkType, int length) =>
        Assert.Equal(-1, HeaderLocator.L3(linkType, new byte[length]));

    [Theory]
    [InlineData("ff03 0021 45", 4)]
    [InlineData("ff03 21 45", 3)]
    [InlineData("0021 45", 2)]
    [InlineData("21 45", 1)]
    [InlineData("ff03 c021 01", 4)]
    [InlineData("0f00 0800 45", 4)]
    [InlineData("8f00 86dd 60", 4)]
    [InlineData("ff03 00", -1)]
    [InlineData("ff03", -1)]
    public void Ppp_is_read_with_and_without_address_and_with_one_byte_of_protocol(string packet, int expected)
    {
        Assert.Equal(expected, HeaderLocator.L3(LinkType.Ppp, Bytes.Of(packet)));
        Assert.Equal(expected, HeaderLocator.L3(LinkType.PppHdlc, Bytes.Of(packet)));
    }

    [Theory]
    [InlineData("45", 0x0000, 20)]
    [InlineData("45", 0x4000, 20)]
    [InlineData("45", 0x2000, 20)]
    [InlineData("45", 0x2001, -1)]
    [InlineData("45", 0x0001, -1)]
    [InlineData("46", 0x0000, 24)]
    [InlineData("44", 0x0000, -1)]
    [InlineData("47", 0x0000, -1)]
    [InlineData("55", 0x0000, -1)]
    public void Behind_an_IPv4_header_is_the_transport_unless_it_is_a_later_fragment(string first, int fragment, int expected)
    {
        var packet = Bytes.Of(Bytes.IPv4(IpProtocol.Udp, fragment, headerWords: 6));
        packet[0] = Convert.FromHexString(first)[0];

        Assert.Equal(expected, HeaderLocator.L4(packet, 0));
    }

    [Fact]
    public void An_IPv4_header_cut_off_has_no_transport() => Assert.Equal(-1, HeaderLocator.L4(Bytes.Of(Bytes.IPv4(17)).AsSpan(0, 19), 0));

    [Theory]
    [InlineData(17, "", 40)]
    [InlineData(58, "", 40)]
    [InlineData(59, "", -1)]
    [InlineData(50, "", 40)]
    [InlineData(135, "3b00000000000000", 40)]
    [InlineData(0, "1100000000000000", 48)]
    [InlineData(0, "11010000000000000000000000000000", 56)]
    [InlineData(0, "1101000000000000", -1)]
    [InlineData(0, "11", -1)]
    [InlineData(43, "3c00000000000000 0600000000000000", 56)]
    [InlineData(51, "1101000000000000 00000000", 52)]
    [InlineData(44, "1100000100000000", 48)]
    [InlineData(44, "1100000000000000", 48)]
    [InlineData(44, "1100000800000000", -1)]
    [InlineData(0, "3b00000000000000", -1)]
    public void Behind_an_IPv6_header_the_chain_is_followed_to_its_end(byte next, string chain, int expected) =>
        Assert.Equal(expected, HeaderLocator.L4(Bytes.Of(Bytes.IPv6(next), chain), 0));

    [Theory]
    [InlineData(8, 40 + 64)]
    [InlineData(9, -1)]
    public void Eight_extension_headers_are_skipped_and_no_more(int count, int expected)
    {
        var chain = string.Concat(Enumerable.Repeat("3c00000000000000", count - 1)) + "1100000000000000";

        Assert.Equal(expected, HeaderLocator.L4(Bytes.Of(Bytes.IPv6(60), chain), 0));
    }

    [Theory]
    [InlineData("0800", 34)]
    [InlineData("8847", -1)]
    [InlineData("86dd", -1)]
    public void A_packet_that_only_looks_like_IPv4_has_no_transport(string type, int expected) =>
        Assert.Equal(expected, HeaderLocator.L4(LinkType.Ethernet, Bytes.Of(Bytes.Macs, type, Bytes.IPv4(17))));

    [Fact]
    public void Whatever_the_bytes_the_offsets_lie_within_the_packet() =>
        Gen.Select(Gen.OneOf(Enum.GetValues<LinkType>()), Likely.Packet).Sample((linkType, packet) =>
        {
            var l3 = HeaderLocator.L3(linkType, packet);
            var l4 = HeaderLocator.L4(packet, l3);
            var strict = HeaderLocator.L4(linkType, packet);
            return l3 >= -1 && l3 <= packet.Length && (l4 == -1 || (l4 >= l3 + 20 && l4 <= packet.Length)) && (strict == -1 || strict == l4);
        });
}
