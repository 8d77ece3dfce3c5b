using System.Collections.Concurrent;
using Pipeline.Actors;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Cluster.Rules;
using Pipeline.Actors.Cluster.Wire;
using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>A node's part in the rules of its cluster, without a cluster: it is told what there is.</summary>
public sealed class ClusterRulesTests : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _said = new();
    private readonly ClusterRules _rules;
    private ClusterView _view = new("n1", ClusterState.Member, [Member(1), Member(2)]);

    public ClusterRulesTests() => _rules = new ClusterRules("n1", () => _view, _said.Enqueue, _end.Token) { Settling = TimeSpan.FromMinutes(10) };

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    [Fact]
    public async Task Who_runs_rules_of_its_own_under_a_higher_number_is_behind()
    {
        _rules.Settling = TimeSpan.FromMilliseconds(10);
        _rules.OnNode(Runs(1, 5));
        _rules.OnNode(Runs(2, 9) with { IsAgreed = false });

        var spread = await _rules.Spread(5, default);

        Assert.Equal((1, 2, "n2 (runs generation 9 of its own)"), (spread.InForce, spread.Members, Assert.Single(spread.Behind)));
    }

    [Fact]
    public async Task Whoever_is_about_to_join_is_counted_and_not_waited_for()
    {
        _view = _view with { Members = [Member(1), Member(2) with { Status = ClusterMemberStatus.Joining }] };
        _rules.OnNode(Runs(1, 5));

        var spread = await _rules.Spread(5, default).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((1, 2, "n2 (is about to join)"), (spread.InForce, spread.Members, Assert.Single(spread.Behind)));
    }

    [Fact]
    public void What_somebody_says_who_is_no_member_is_not_believed()
    {
        Assert.False(_rules.OnNode(Runs(3, 5) with { HasAuthority = true }));
        _view = _view with { Members = [.. _view.Members, Member(3)] };

        Assert.Null(_rules.Describe(_view).Members[2].Generation);
        Assert.Null(_rules.FindAuthority());
        Assert.True(_rules.OnNode(Runs(3, 5) with { HasAuthority = true }));
        Assert.Equal("n3", _rules.FindAuthority()?.Name);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public void Rules_that_are_too_long_to_travel_are_named_at_the_start(int more, int said)
    {
        _rules.Attach(new FakeRules(new string('#', RuleTexts.MostBytes + more)));

        Assert.Equal(said, _said.Count(s => s == $"the rules of startup.rules have {RuleTexts.MostBytes + more} bytes, and at most {RuleTexts.MostBytes} travel: no other node can have them"));
    }

    [Fact]
    public async Task Without_an_authority_it_goes_back_to_what_the_cluster_would_and_tries_until_it_can()
    {
        _rules.Settling = TimeSpan.Zero;
        var agreed = AgreedHistory.Begin([Generation(7, "of the cluster")]);
        agreed = agreed.Add(AgreedHistory.Of(Generation(8, "dangerous") with { ConfirmBy = DateTimeOffset.UnixEpoch }));
        var (pipeline, tries) = (new FakeRules("of its own"), 0);
        await pipeline.Follow(agreed.Current().With("dangerous"));
        pipeline.RollingBack = () => ++tries < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        _rules.OnAgreed(agreed);
        _rules.Texts.Add("of the cluster");

        _rules.Attach(pipeline);

        for (var end = DateTime.UtcNow + TimeSpan.FromSeconds(60); pipeline.History[^1].Number == 8; await Task.Delay(20)) Assert.True(DateTime.UtcNow < end);
        var runs = pipeline.History[^1];
        Assert.Equal((9, "of the cluster", "not confirmed in time", false), (runs.Number, runs.Text, runs.Who, runs.IsAgreed));
        Assert.Equal("nobody confirmed generation 8, and it cannot be rolled back here: not yet", Assert.Single(_said));
    }

    private static ClusterMember Member(int number) =>
        new($"n{number}", $"127.0.0.{number}:4053", number, [], ClusterMemberStatus.Up, IsReachable: true);

    private static NodeRunsRules Runs(int node, int generation) => new()
    {
        Node = $"n{node}", Uid = node, Runs = AgreedHistory.Of(Generation(generation, "rules")), IsAgreed = true, HasAuthority = false, Failed = 0, Why = "",
    };

    private static RuleGeneration Generation(int number, string text) =>
        new() { Number = number, At = DateTimeOffset.UnixEpoch, Who = "ann", Source = "new.rules", Text = text, Rules = 1 };
}
