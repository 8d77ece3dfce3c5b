using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

public class PacketFilterTests
{
    [FactThatNeeds(Need.Libpcap)]
    public void It_selects_the_packets_that_match_and_only_those()
    {
        using var test = new TestBundle(LinkType.Ethernet, new byte[20], new byte[70], new byte[80]);
        test.Bundle.Packets[0].Flags = PacketFlags.Selected;
        Assert.Equal(2, PacketFilter.Create("greater 70").Select(test.Bundle));
        Assert.Equal([false, true, true], test.Bundle.Packets.ToArray().Select(p => p.Has(PacketFlags.Selected)));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void An_expression_without_sense_is_refused_with_the_words_of_libpcap() =>
        Assert.Equal("can't parse filter expression: syntax error", Assert.Throws<FilterException>(() => PacketFilter.Create("tcp prot 80")).Message);

    [FactThatNeeds(Need.Libpcap)]
    public void An_expression_may_make_sense_for_other_packets_than_those_of_Ethernet()
    {
        var filter = PacketFilter.Create("wlan type mgt");
        Assert.Equal("802.11 link-layer types supported only on 802.11", filter.Prepare(LinkType.Ethernet));
        Assert.Null(filter.Prepare((LinkType)105));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void What_only_a_live_interface_knows_is_refused_unless_the_header_has_it()
    {
        Assert.Contains("reading savefiles", PacketFilter.Create("inbound or ip").Prepare(LinkType.Ethernet));
        Assert.Null(PacketFilter.Create("inbound or ip").Prepare(LinkType.LinuxSll));
        Assert.Null(PacketFilter.Create("ifindex 1").Prepare(LinkType.LinuxSll2));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void A_link_type_that_rejects_it_has_no_packets_for_it()
    {
        using var test = new TestBundle(LinkType.RawIp, new byte[20]);
        Assert.Equal(0, PacketFilter.Create("not vlan").Select(test.Bundle));
    }
}
