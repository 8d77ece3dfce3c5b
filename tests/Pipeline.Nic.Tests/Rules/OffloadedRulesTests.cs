using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

public class OffloadedRulesTests
{
    private static readonly OffloadedRules Loaded = new()
    {
        Rules = RuleText.Valid("rule a match 0:ff:1 mark 0x12\nrule b match 0:ff:2 mark 0x5/0xf"),
        Verdicts =
        [
            new MarkVerdict(0x10, 0xf0, PacketVerdict.Copy),
            new MarkVerdict(0x01, 0x0f, PacketVerdict.Take),
            new MarkVerdict(0x02, 0x0f, PacketVerdict.Pass),
            new MarkVerdict(0x20, 0xf0, PacketVerdict.Copy),
            new MarkVerdict(0x05, 0x0f, PacketVerdict.Take),
        ],
    };

    [Theory]
    [InlineData(0x01, PacketVerdict.Take)]
    [InlineData(0x11, PacketVerdict.Take)]
    [InlineData(0x02, PacketVerdict.Pass)]
    [InlineData(0x12, PacketVerdict.Copy)]
    [InlineData(0x22, PacketVerdict.Pass)]
    [InlineData(0x23, PacketVerdict.Copy)]
    [InlineData(0x03, PacketVerdict.Pass)]
    public void The_first_route_that_is_none_of_a_copy_decides_and_copies_before_it_make_passing_a_copy(uint mark, PacketVerdict verdict) =>
        Assert.Equal(verdict, Loaded.VerdictOf(mark));

    [Fact]
    public void A_rule_that_matched_alone_has_the_verdict_of_its_mark_and_no_rule_that_of_mark_0() =>
        Assert.Equal([PacketVerdict.Pass, PacketVerdict.Copy, PacketVerdict.Take], Enumerable.Range(0, 3).Select(Loaded.VerdictOfRule));

    [Fact]
    public void Where_software_has_to_see_everything_nothing_is_passed_and_no_guard_keeps_anything_from_it()
    {
        var all = OffloadedRules.TakingAll(Loaded.Rules, []);

        Assert.Equal((PacketVerdict.Take, PacketVerdict.Take, PacketVerdict.Take), (all.KeptOut, all.VerdictOf(2), all.VerdictOfRule(0)));
    }
}
