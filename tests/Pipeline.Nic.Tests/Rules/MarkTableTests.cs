using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

public class MarkTableTests
{
    [Fact]
    public void Rules_that_differ_in_a_few_bits_at_the_end_of_two_fields_are_told_apart()
    {
        var text = string.Join('\n', Enumerable.Range(0, 256).Select(i => $"rule r{i} match 0:00000000000000f0:00000000000000{i >> 4:x}0 8:00000000000000f0:00000000000000{i & 15:x}0 mark {i + 1}"));
        var table = MarkTable.Compile(RuleText.Valid(text));
        using var test = new TestBundle(LinkType.Ethernet, [.. Enumerable.Range(0, 256).Select(i => (byte[])[.. new byte[7], (byte)(i & 0xf0), .. new byte[7], (byte)(i << 4), .. new byte[44]])]);

        table.Classify(test.Bundle, table.NewCounters());

        Assert.Equal(Enumerable.Range(1, 256), test.Bundle.Packets.ToArray().Select(p => p.Rule));
    }

    [Fact]
    public void Behind_a_device_that_keeps_out_itself_guards_are_not_asked_about_what_it_marked_and_rules_that_continue_are_all_counted()
    {
        byte[] arp = [.. new byte[12], 8, 6, 0, 1, 8, 0, 6, 4, .. new byte[40]];
        var rules = RuleText.Valid("rule a match 12:ffff:0806 mark 1 continue\nrule b match 14:ffff:0001 mark 2/2 continue");
        var table = MarkTable.Compile(rules, KeepOutGuards.All(new GuardPorts { Ssh = [22] }));
        table.GoOnBehind(2, isGuarded: true);
        using var test = new TestBundle(LinkType.Ethernet, arp, arp);
        test.Bundle.MarkedBy = new MarkedByDevice(rules.Generation, 2);
        (test.Bundle.Packets[0].Mark, test.Bundle.Packets[0].Rule, test.Bundle.Packets[0].Flags) = (1, 1, PacketFlags.MarkedByDevice);
        var counters = table.NewCounters();

        table.Classify(test.Bundle, counters);

        Assert.Equal([(1u, 1), (3u, 2)], test.Bundle.Packets.ToArray().Select(p => (p.Mark, p.Rule)));
        Assert.Equal((2, 1), (counters.Of(1).Packets, counters.Of(2).Packets));
    }

    private static readonly byte[] One = [1, 0, 0, 0];

    [Fact]
    public void The_first_rule_that_matches_marks_the_packet()
    {
        var packet = Classify("rule a match 0:ff:2 mark 1\nrule b match 0:ff:1 mark 2\nrule c match 0:ff:1 1:ff:0 mark 3", out var counters);
        Assert.Equal((2, 2u), (packet.Rule, packet.Mark));
        Assert.Equal([0, 0, 1, 0], Packets(counters));
    }

    [Fact]
    public void Marks_accumulate_over_rules_that_continue()
    {
        var packet = Classify("rule a match 0:ff:1 mark 0x1234 continue\nrule b match 0:ff:1 1:ff:0 mark 0xff/0xf0 continue\nrule c match 0:ff:9 mark 0 continue", out var counters);
        Assert.Equal((2, 0x12f4u, true), (packet.Rule, packet.Mark, packet.Has(PacketFlags.SeveralRules)));
        Assert.Equal([0, 1, 1, 0], Packets(counters));
    }

    [Fact]
    public void A_packet_that_no_rule_matches_is_counted_as_unmatched()
    {
        var packet = Classify("rule a match 0:ff:2 mark 1", out var counters);
        Assert.Equal((0, 0u), (packet.Rule, packet.Mark));
        Assert.Equal(new PacketTally(1, 4), counters.Unmatched);
    }

    [Fact]
    public void What_an_earlier_generation_wrote_is_forgotten()
    {
        var packet = Classify("rule a match 0:ff:2 mark 1", out _, p => p with { Mark = 7, Rule = 5, Flags = PacketFlags.SeveralRules | PacketFlags.Selected });
        Assert.Equal((0, 0u, PacketFlags.Selected), (packet.Rule, packet.Mark, packet.Flags));
    }

    [Fact]
    public void A_packet_that_the_device_marked_keeps_its_mark_and_is_counted()
    {
        var packet = Classify("rule a match 0:ff:1 mark 1\nrule b match 0:ff:2 mark 9", out var counters, p => p with { Mark = 9, Rule = 2, Flags = PacketFlags.MarkedByDevice });
        Assert.Equal((2, 9u), (packet.Rule, packet.Mark));
        Assert.Equal([0, 0, 1], Packets(counters));
    }

    [Fact]
    public void All_rules_a_packet_matched_can_be_asked_for()
    {
        using var test = new TestBundle(LinkType.Ethernet, One);
        var table = Table("rule a match 0:ff:1 mark 1 continue\nrule b match 0:ff:2 mark 1\nrule c match 0:ff:1 1:ff:0 mark 1\nrule d match 0:00:0 mark 1");
        var rules = new int[4];
        Assert.Equal(2, table.MatchesOf(test.Bundle.Interface, test.Bundle.Packets[0], One, rules));
        Assert.Equal([1, 3], rules[..2]);
    }

    [Fact]
    public void Counters_of_another_set_are_refused()
    {
        using var test = new TestBundle(LinkType.Ethernet, One);
        Assert.Throws<ArgumentException>(() => Table("rule a match 0:ff:1 mark 1").Classify(test.Bundle, new RuleCounters(2)));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void A_filter_that_a_link_type_has_no_use_for_is_a_warning_there()
    {
        var table = Table("rule a filter \"vlan 5\" mark 1");
        Assert.Empty(table.Prepare(LinkType.Ethernet));
        var warning = Assert.Single(table.Prepare(LinkType.RawIp));
        Assert.Equal((Severity.Warning, "rule 'a' never matches packets of link type 101 (RawIp): no VLAN support for Raw IP"), (warning.Severity, warning.Message));
        Assert.Empty(table.RejectedEverywhere());
    }

    [FactThatNeeds(Need.Libpcap)]
    public void A_filter_that_every_link_type_rejects_is_an_error_with_the_words_of_libpcap()
    {
        var table = Table("rule ok filter \"ip\" mark 1\nrule a filter \"tcp prot 80\" mark 1");
        table.Prepare(LinkType.Ethernet);
        table.Prepare(LinkType.RawIp);
        var error = Assert.Single(table.RejectedEverywhere());
        Assert.Equal("tcp prot 80", table.Rules.Source.Text.Substring(error.Span.Start, error.Span.Length));
        Assert.Equal((Severity.Error, "rule 'a': can't parse filter expression: syntax error"), (error.Severity, error.Message));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void It_prints_its_program()
    {
        var table = Table("rule dns match 12:ffff:0800 l4+2:ffff:0035 mark 0x10/0xf0 continue\nrule tagged filter \"vlan 5\" mark 2\n");
        table.Prepare(LinkType.Ethernet);
        table.Prepare(LinkType.RawIp);
        Assert.Equal(
            """
            generation 1: 2 rules
            1 dns mark 0x10/0xf0 continue
                12:ffff:0800
                l4+2:ffff:0035
            2 tagged mark 0x2
                filter "vlan 5"
            link type 1 (Ethernet): 1 method, # bytes of IL, # bytes of tables
                rules 1 to 2
                    from 2: filter of 9 instructions
                    from 1, continue: 12:ffff l4+2:ffff, 1 rule, compared
            link type 101 (RawIp): 1 method, # bytes of IL, # bytes of tables
                rules 1 to 2
                    from 1, continue: 12:ffff l4+2:ffff, 1 rule, compared
                2 tagged: never matches: no VLAN support for Raw IP

            """,
            System.Text.RegularExpressions.Regex.Replace(table.Describe(), @"\d+ bytes of (IL|tables)", "# bytes of $1"));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Classifying_allocates_nothing_once_prepared()
    {
        using var test = new TestBundle(LinkType.Ethernet, One, One, []);
        var table = Table("rule a match 0:ff:2 l4+0:ff:1 mark 1 continue\nrule b filter \"ip\" mark 2\nrule c match 0:ff:1 mark 3 continue");
        var filter = PacketFilter.Create("len < 4");
        var counters = new RuleCounters(3);

        Assert.Equal(0, Allocation.OnceWarm(Classify));

        void Classify()
        {
            for (var i = 0; i < 100; i++)
            {
                table.Classify(test.Bundle, counters);
                filter.Select(test.Bundle);
            }
        }
    }

    private static Packet Classify(string rules, out RuleCounters counters, Func<Packet, Packet>? change = null)
    {
        using var test = new TestBundle(LinkType.Ethernet, One);
        var table = Table(rules);
        counters = new RuleCounters(table.Rules.Rules.Count);
        if (change is not null) test.Bundle.Packets[0] = change(test.Bundle.Packets[0]);
        table.Classify(test.Bundle, counters);
        return test.Bundle.Packets[0];
    }

    private static IEnumerable<long> Packets(RuleCounters counters) => Enumerable.Range(0, counters.Rules + 1).Select(i => counters.Of(i).Packets);

    private static MarkTable Table(string rules) => MarkTable.Compile(RuleText.Valid(rules));
}
