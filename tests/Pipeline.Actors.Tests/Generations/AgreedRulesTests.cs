using Pipeline.Actors.Cluster.Rules;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Serialization;
using Xunit;
using Texts = Pipeline.Actors.Cluster.Rules.RuleTexts;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>What the authority of a cluster answers, and what the cluster agrees on then.</summary>
public sealed class AgreedRulesTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AgreedRules First = AgreedHistory.Begin([Generation(1, "one")]);
    private static readonly AgreedRules Second = RuleDecision.Of(First, Apply("two"), Noon).Next!;

    [Fact]
    public void A_cluster_begins_with_the_rules_of_its_first_node() =>
        Assert.Equal((1, Texts.HashOf("one"), 1), (First.Current().Number, First.Current().Hash, First.Confirmed));

    [Fact]
    public void Applied_rules_have_the_next_number_and_wait_for_nothing()
    {
        var decision = RuleDecision.Of(First, Apply("two"), Noon);

        Assert.Equal((RuleReplyKind.Agreed, 2), (decision.Kind, decision.Generation));
        Assert.Equal((Noon.UtcTicks, 0L, 2), (Second.Current().At, Second.Current().ConfirmBy, Second.Confirmed));
    }

    [Fact]
    public void A_request_that_was_carried_out_is_only_answered_again()
    {
        var ask = Apply("two");
        var made = RuleDecision.Of(First, ask, Noon).Next!;
        var later = RuleDecision.Of(made, Apply("three"), Noon).Next!;

        Assert.Equal(new RuleDecision(RuleReplyKind.Agreed, 2), RuleDecision.Of(later, ask, Noon));
    }

    [Fact]
    public void The_same_text_makes_no_generation() =>
        Assert.Equal(new RuleDecision(RuleReplyKind.Unchanged, 2), RuleDecision.Of(Second, Apply("two"), Noon));

    [Fact]
    public void The_same_text_without_a_condition_confirms_what_waits()
    {
        var waits = RuleDecision.Of(First, Apply("two") with { ConfirmWithin = 1000 }, Noon).Next!;

        var (kind, _, next) = RuleDecision.Of(waits, Apply("two"), Noon);

        Assert.NotNull(next);
        Assert.Equal((RuleReplyKind.Unchanged, 0L, 2), (kind, next.Current().ConfirmBy, next.Confirmed));
    }

    [Fact]
    public void Another_generation_than_expected_is_a_conflict() =>
        Assert.Equal(new RuleDecision(RuleReplyKind.Conflict, 2), RuleDecision.Of(Second, Apply("three") with { Expected = 1 }, Noon));

    [Fact]
    public void A_rollback_has_the_earlier_text_under_a_new_number_and_one_to_nowhere_is_refused()
    {
        var (_, generation, next) = RuleDecision.Of(Second, Ask(RuleVerb.Rollback, 1), Noon);

        Assert.NotNull(next);
        Assert.Equal((3, Texts.HashOf("one"), 1), (generation, next.Current().Hash, next.Current().RollbackTo));
        Assert.Equal(new RuleDecision(RuleReplyKind.Unknown, 2), RuleDecision.Of(Second, Ask(RuleVerb.Rollback, 9), Noon));
    }

    [Fact]
    public void What_waits_is_confirmed_once_and_the_same_request_is_answered_the_same_again()
    {
        var waits = RuleDecision.Of(First, Apply("two") with { ConfirmWithin = 1000 }, Noon).Next!;
        var ask = Ask(RuleVerb.Confirm, 2);

        var confirmed = RuleDecision.Of(waits, ask, Noon).Next!;

        Assert.True(confirmed.Stamp() > waits.Stamp());
        Assert.Equal(RuleReplyKind.Confirmed, RuleDecision.Of(confirmed, ask, Noon).Kind);
        Assert.Equal(RuleReplyKind.Conflict, RuleDecision.Of(confirmed, Ask(RuleVerb.Confirm, 2), Noon).Kind);
    }

    [Fact]
    public void After_the_deadline_the_last_confirmed_rules_are_back()
    {
        var waits = RuleDecision.Of(Second, Apply("three") with { ConfirmWithin = 1000 }, Noon).Next!;

        Assert.Null(waits.AfterDeadline(Noon + TimeSpan.FromMilliseconds(999)));
        var back = waits.AfterDeadline(Noon + TimeSpan.FromSeconds(1))!;

        var current = back.Current();
        Assert.Equal((4, Texts.HashOf("two"), 4), (current.Number, current.Hash, back.Confirmed));
        Assert.Equal("not confirmed in time", current.Who);
        Assert.Null(back.AfterDeadline(Noon + TimeSpan.FromDays(1)));
    }

    [Theory]
    [InlineData(1, "other", true)]
    [InlineData(2, "two", false)]
    [InlineData(2, "two", true)]
    public void A_node_that_runs_less_or_the_same_changes_nothing(int number, string text, bool isAgreed) =>
        Assert.Null(Second.Meet(Node(number, text, isAgreed)));

    [Fact]
    public void A_higher_number_of_another_cluster_wins()
    {
        var met = Second.Meet(Node(7, "theirs", isAgreed: true))!;

        Assert.Equal((7, Texts.HashOf("theirs"), 7), (met.Current().Number, met.Current().Hash, met.Confirmed));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(7, false)]
    public void A_number_that_a_node_has_used_for_other_rules_is_left_behind(int number, bool isAgreed)
    {
        var met = Second.Meet(Node(number, "theirs", isAgreed))!;

        Assert.Equal((number + 1, Texts.HashOf("two")), (met.Current().Number, met.Current().Hash));
    }

    [Fact]
    public void Rules_that_get_another_number_make_no_generation_and_are_confirmed_and_found_by_the_old_one_too()
    {
        var waits = RuleDecision.Of(Second, Apply("three") with { ConfirmWithin = 1000 }, Noon).Next!;

        var met = waits.Meet(Node(7, "theirs", isAgreed: false))!.Meet(Node(9, "theirs", isAgreed: false))!;

        Assert.True(met.IsSound());
        Assert.Equal([1, 2, 10], met.Entries.Select(e => e.Number));
        Assert.Equal((3, 2, waits.Current().ConfirmBy, waits.Current().Request), (met.Current().Was, met.Confirmed, met.Current().ConfirmBy, met.Current().Request));
        Assert.Equal(RuleReplyKind.Confirmed, RuleDecision.Of(met, Ask(RuleVerb.Confirm, 3), Noon).Kind);
        Assert.Equal(RuleReplyKind.Agreed, RuleDecision.Of(met, Apply("four") with { Expected = 3 }, Noon).Kind);
        var later = RuleDecision.Of(met, Apply("four"), Noon).Next!;
        Assert.Equal(Texts.HashOf("three"), RuleDecision.Of(later, Ask(RuleVerb.Rollback, 3), Noon).Next!.Current().Hash);
    }

    [Fact]
    public void A_node_that_comes_back_with_the_same_rules_under_a_higher_number_makes_no_generation()
    {
        var met = Second.Meet(Node(7, "two", isAgreed: false))!;

        Assert.Equal([1, 7], met.Entries.Select(e => e.Number));
        Assert.Equal((2, 7, Texts.HashOf("two")), (met.Current().Was, met.Confirmed, met.Current().Hash));
        Assert.Null(met.Meet(Node(7, "two", isAgreed: false)));
    }

    [Fact]
    public void Numbers_that_no_number_follows_are_not_taken_from_anybody()
    {
        Assert.Null(Second.Meet(Node(int.MaxValue - 1, "theirs", isAgreed: false)));
        Assert.Null(Second.Meet(Node(int.MaxValue - 1, "theirs", isAgreed: true)));
        Assert.Null(Second.Meet(Node(int.MaxValue, "theirs", isAgreed: true)));
        var strange = Node(7, "theirs", isAgreed: true);
        Assert.Null(Second.Meet(strange with { Runs = strange.Runs with { Hash = "../x" } }));
    }

    [Fact]
    public void A_request_whose_parts_do_not_fit_each_other_is_no_request()
    {
        var ask = Apply("two");
        Assert.True(RuleDecision.IsSound(ask));
        Assert.True(RuleDecision.IsSound(Ask(RuleVerb.Confirm, 2)));

        RuleAsk[] strange =
        [
            ask with { Verb = 0 }, ask with { Expected = -1 }, ask with { Generation = -1 }, ask with { Hash = "../x" }, ask with { Bytes = -1 },
            ask with { Bytes = Texts.MostBytes + 1 }, ask with { ConfirmWithin = -1 }, ask with { ConfirmWithin = long.MaxValue },
        ];

        Assert.All(strange, s => Assert.False(RuleDecision.IsSound(s), $"{s}"));
    }

    [Fact]
    public void Where_no_number_is_left_the_rules_stay()
    {
        var last = AgreedHistory.Begin([Generation(int.MaxValue - 1, "last")]);
        Assert.True(last.IsSound());

        Assert.Equal(new RuleDecision(RuleReplyKind.Broken, int.MaxValue - 1), RuleDecision.Of(last, Apply("more"), Noon));
    }

    [Fact]
    public void A_cluster_can_begin_with_rules_that_are_too_long_to_travel() =>
        Assert.True(AgreedHistory.Begin([Generation(1, new string('#', Texts.MostBytes + 1))]).IsSound());

    [Fact]
    public void However_many_generations_there_are_the_register_keeps_its_size_and_the_one_to_go_back_to()
    {
        var rules = RuleDecision.Of(Second, Apply("three") with { ConfirmWithin = 1000 }, Noon).Next!;
        var name = new string('\u4e2d', 500);

        for (var i = 0; i < 300; i++)
        {
            var ask = Apply($"{i}") with { Source = name, Who = name, ConfirmWithin = 1000 };
            rules = RuleDecision.Of(rules, ask, Noon).Next!;
        }

        Assert.InRange(WireCodec.Shared.Encode(rules).Length, WireTypes.Register / 2, WireTypes.Register);
        Assert.Equal((2, 303), (rules.Confirmed, rules.Current().Number));
        Assert.NotNull(rules.Find(2));
        Assert.True(rules.IsSound());
    }

    private static RuleAsk Apply(string text) =>
        Ask(RuleVerb.Apply, 0) with { Hash = Texts.HashOf(text), Bytes = text.Length, Source = "new.rules" };

    private static RuleAsk Ask(RuleVerb verb, int generation) => new()
    {
        Id = Guid.NewGuid(), Verb = verb, Generation = generation, Expected = 0, Hash = "", Bytes = 0, Source = "", Who = "ann",
        ConfirmWithin = 0,
    };

    private static NodeRunsRules Node(int number, string text, bool isAgreed) => new()
    {
        Node = "n2", Uid = 2, Runs = AgreedHistory.Of(Generation(number, text)), IsAgreed = isAgreed, HasAuthority = false, Failed = 0,
        Why = "",
    };

    private static RuleGeneration Generation(int number, string text) =>
        new() { Number = number, At = Noon, Who = "start", Source = "startup.rules", Text = text, Rules = 1 };
}
