using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Guards;

public class GuardTableTests
{
    private static readonly byte[] Ssh = GuardPackets.Ethernet("0800" + GuardPackets.V4(6, GuardPackets.To(22)));
    private static readonly byte[] Web = GuardPackets.Ethernet("0800" + GuardPackets.V4(6, GuardPackets.To(80)));
    private static readonly IReadOnlyList<Guard> Shipped = KeepOutGuards.All(GuardPackets.Ports);

    [Theory]
    [InlineData(MarkEngine.Compiled)]
    [InlineData(MarkEngine.Interpreter)]
    public void Each_packet_is_counted_by_a_guard_or_by_rules_or_as_unmatched(MarkEngine engine)
    {
        var table = MarkTable.Compile(RuleText.Valid("rule tcp match 23:ff:06 36:ffff:0050 mark 5"), Shipped, engine);
        var counters = Classify(table, Ssh, Web, [1, 2, 3], Ssh);
        Assert.Equal((2, 1, 1), (counters.OfGuard(IndexOf(table, "ssh")).Packets, counters.Of(1).Packets, counters.Unmatched.Packets));
        Assert.Equal(2 * Ssh.Length, counters.OfGuard(IndexOf(table, "ssh")).Bytes);
    }

    [Fact]
    public void What_a_rule_set_lifts_meets_its_rules()
    {
        var table = MarkTable.Compile(RuleText.Valid("keep-out off ssh\nrule tcp match 23:ff:06 mark 5"), Shipped);
        Assert.DoesNotContain("ssh", table.Guards.Select(g => g.Name));
        Assert.Equal(1, Classify(table, Ssh).Of(1).Packets);
    }

    [Fact]
    public void A_packet_that_was_kept_out_once_is_judged_anew()
    {
        using var test = new TestBundle(LinkType.Ethernet, Ssh);
        var (guarded, lifted) = (MarkTable.Compile(RuleSet.Empty, Shipped), MarkTable.Compile(RuleSet.Empty));
        guarded.Classify(test.Bundle, guarded.NewCounters());
        Assert.True(test.Bundle.Packets[0].Has(PacketFlags.KeptOut));
        lifted.Classify(test.Bundle, lifted.NewCounters());
        Assert.False(test.Bundle.Packets[0].Has(PacketFlags.KeptOut));
    }

    [Fact]
    public void Conditions_of_an_ethernet_header_are_asked_of_ethernet_only()
    {
        var table = MarkTable.Compile(RuleSet.Empty, [new Guard("g", [RuleText.Terms("0:ff:7")])]);
        foreach (var linkType in new[] { LinkType.RawIp, LinkType.Ethernet })
        {
            using var test = new TestBundle(linkType, [7]);
            table.Classify(test.Bundle, table.NewCounters());
            Assert.Equal(linkType == LinkType.Ethernet, test.Bundle.Packets[0].Has(PacketFlags.KeptOut));
        }
    }

    [Fact]
    public void The_listing_names_guards_and_numbers_rules_as_if_there_were_none()
    {
        var table = MarkTable.Compile(RuleText.Valid("rule a match l3+0:f0:40 l3+9:ff:06 l4+2:ffff:0050 mark 1\nrule b match 0:ff:1 mark 1\nrule c match 0:ff:1 mark 2"), Shipped);
        table.Prepare(LinkType.Ethernet);
        var listing = table.Describe();
        Assert.Contains("kept out before them: arp, nd, icmp-errors, dhcp, l2-control, ssh, cluster, dashboard\n", listing);
        Assert.Contains("    rules 1 to 3\n        from arp: l3+0:ffffffff l3+4:ffff, 2 rules, compared\n", listing);
        Assert.Contains("        from 2: 0:ff, 1 rule, compared\n        never: cluster, dashboard, 3\n", listing);
    }

    [Fact]
    public void Counters_for_other_guards_are_refused()
    {
        using var test = new TestBundle(LinkType.Ethernet, Ssh);
        Assert.Throws<ArgumentException>(() => MarkTable.Compile(RuleSet.Empty, Shipped).Classify(test.Bundle, new RuleCounters(0)));
    }

    private static RuleCounters Classify(MarkTable table, params byte[][] packets)
    {
        using var test = new TestBundle(LinkType.Ethernet, packets);
        var counters = table.NewCounters();
        table.Classify(test.Bundle, counters);
        return counters;
    }

    private static int IndexOf(MarkTable table, string guard) => table.Guards.Select(g => g.Name).ToList().IndexOf(guard);
}
