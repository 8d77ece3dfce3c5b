using CsCheck;
using Pipeline.Nic.Headers;
using Xunit;

namespace Pipeline.Nic.Tests.Headers;

public sealed class FlowWordsTests
{
    private const string Ethernet = "020000000001020000000002";
    private const string Udp4 = Ethernet + "0800" + "4500001c000000004011000" + "0" + "0a0000010a000002" + "0fa0003500080000";

    [Theory]
    [InlineData(Udp4, "udp 10.0.0.1:4000 10.0.0.2:53")]
    [InlineData(Ethernet + "0800" + "4500001c0000000040010000" + "0a0000090a000002" + "0800000000000000", "icmp 10.0.0.2 10.0.0.9")]
    [InlineData(Ethernet + "0800" + "4500001c0000000140110000" + "0a0000010a000002" + "0fa0003500080000", "udp 10.0.0.1 10.0.0.2")]
    [InlineData(Ethernet + "86dd" + "6000000000140640" + "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "01bb0fa0", "tcp [2001:db8::1]:443 [2001:db8::2]:4000")]
    [InlineData(Ethernet + "0806", "ether 0x0806 020000000001 020000000002")]
    [InlineData("0200", "link type 1")]
    public void A_flow_has_a_name(string packet, string expected) =>
        Assert.Equal(expected, FlowWords.Of(LinkType.Ethernet, Convert.FromHexString(packet)));

    [Fact]
    public void Both_directions_have_the_same_name()
    {
        var back = Convert.FromHexString(Ethernet + "0800" + "4500001c0000000040110000" + "0a0000020a000001" + "00350fa000080000");

        Assert.Equal(FlowWords.Of(LinkType.Ethernet, Convert.FromHexString(Udp4)), FlowWords.Of(LinkType.Ethernet, back));
    }

    [Fact]
    public void Any_bytes_of_any_link_type_have_a_name() =>
        Gen.Select(Gen.OneOf(LinkType.Ethernet, LinkType.RawIp, LinkType.LinuxSll, LinkType.Null, (LinkType)147), Gen.Byte.Array[0, 90])
            .Sample((linkType, bytes) => FlowWords.Of(linkType, bytes).Length > 0);
}
