using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Actors.Trials;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Trials;

/// <summary>Rules on trial beside those in force, with the books of the run as the oracle.</summary>
public sealed class TrialSpecs
{
    private const string Rules = """
        rule dns match 12:ffff:0800 23:ff:11 36:ffff:0035 mark 0x40
        rule udp match 12:ffff:0800 23:ff:11 mark 0x1
        """;

    /// <summary>DNS goes to the stack, under the same mark as other UDP.</summary>
    private const string Others = "rule udp match 12:ffff:0800 23:ff:11 mark 0x1\n";

    private static readonly SimulatedOptions Wire = new() { Packets = 20_000, Pages = 128, Flows = 300, Queues = 2, Profile = TrafficProfile.Mixed };

    [Fact]
    public async Task Rules_in_shadow_judge_every_packet_and_change_none()
    {
        var quiet = await Run((_, _) => Task.CompletedTask);
        TrialView? seen = null;

        var outcome = await Run(async (run, nic) =>
        {
            Assert.NotNull((await run.Trials.BeginShadowAsync(Others, "others.rules", "alice")).Rules);
            nic.Open();
            await run.Completion;
            seen = run.Trials.Shadow();
        });

        Assert.Equal(Books(quiet), Books(outcome));
        var dns = outcome.View.Rules[0].Matched;
        Assert.NotEqual(default, dns);
        Assert.Equal((outcome.View.Ledger.Received, dns, default, 1), (seen!.Compared, seen.Rerouted, seen.Remarked, seen.Against));
        var shift = Assert.Single(seen.Shifts);
        Assert.Equal((new("dns", 0x40, "marked"), new("udp", 0x1, "stack")), (shift.Before, shift.After));
        Assert.Matches(@"^udp .*:53( |$)", shift.Example);
    }

    [Fact]
    public async Task Rules_that_would_decide_the_same_show_no_change()
    {
        var outcome = await Run(async (run, nic) =>
        {
            await run.Trials.BeginShadowAsync("# the same\n" + Rules, "same.rules", "alice");
            nic.Open();
            await run.Completion;

            Assert.Empty(run.Trials.Shadow()!.Shifts);
            Assert.Equal(run.View().Ledger.Received, run.Trials.Shadow()!.Compared);
        });
        Assert.True(outcome.View.Balanced);
    }

    [Fact]
    public async Task Another_route_to_the_same_consumer_is_another_way()
    {
        TrialView? seen = null;
        var outcome = await Run(async (run, nic) =>
        {
            await run.Trials.BeginShadowAsync(Rules.Replace("mark 0x40", "mark 0x41", StringComparison.Ordinal), "others.rules", "alice");
            nic.Open();
            await run.Completion;
            seen = run.Trials.Shadow();
        });

        Assert.Equal((outcome.View.Rules[0].Matched, default), (seen!.Rerouted, seen.Remarked));
        Assert.Equal(("marked", "marked"), (seen.Shifts[0].Before.Route, seen.Shifts[0].After.Route));
    }

    [Fact]
    public async Task Rules_with_an_error_are_not_tried_and_leave_those_in_shadow() => await Run(async (run, _) =>
    {
        await run.Trials.BeginShadowAsync(Others, "others.rules", "alice");

        var check = await run.Trials.BeginShadowAsync("rule broken match 12:ff:0800 mark 1\n", "broken.rules", "bob");
        var (tried, view) = await run.Trials.TryAsync("rule broken\n", "broken.rules", "bob", TimeSpan.FromSeconds(1));

        Assert.Contains(check.Diagnostics, d => d.Severity == Severity.Error);
        Assert.Null(check.Rules);
        Assert.Null(tried.Rules);
        Assert.Null(view);
        Assert.Equal("alice", run.Trials.Shadow()!.Who);
    });

    [Fact]
    public async Task What_is_taken_out_of_shadow_is_gone_and_both_are_events() => await Run(async (run, _) =>
    {
        await run.Trials.BeginShadowAsync(Others, "others.rules", "alice");

        Assert.True(run.Trials.EndShadow("bob"));
        Assert.False(run.Trials.EndShadow("bob"));

        Assert.Null(run.Trials.Shadow());
        Assert.Equal(["alice has put 1 rules in shadow, from others.rules", "bob has taken the rules in shadow away"], run.Events.Read().Skip(1).Select(e => e.Words));
    });

    [Fact]
    public async Task Rules_that_come_in_force_are_compared_with_from_then_on()
    {
        await Run(async (run, nic) =>
        {
            await run.Trials.BeginShadowAsync(Others, "others.rules", "alice");
            await run.ApplyRules(Others, "others.rules", "alice");
            nic.Open();
            await run.Completion;

            var seen = run.Trials.Shadow()!;
            Assert.Equal((2, 0), (seen.Against, seen.Shifts.Count));
        });
    }

    [Fact]
    public async Task A_dry_run_ends_with_the_run_and_says_what_would_change()
    {
        TrialView? seen = null;
        var outcome = await Run(async (run, nic) =>
        {
            var trying = run.Trials.TryAsync(Others, "others.rules", "alice", RuleTrials.Longest);
            Assert.True(SpinWait.SpinUntil(() => run.Trials.IsUnderWay, Runs.Patience));
            nic.Open();
            seen = (await trying).View;
        });

        Assert.Equal((outcome.View.Ledger.Received, outcome.View.Rules[0].Matched), (seen!.Compared, seen.Rerouted));
    }

    [Fact]
    public async Task Paths_add_up_to_what_was_received_and_to_what_rules_counted()
    {
        PathsView? paths = null;
        var outcome = await Run(async (run, nic) =>
        {
            var counting = run.Trials.PathsAsync(RuleTrials.Longest);
            nic.Open();
            paths = await counting;
        });

        Assert.Equal(outcome.View.Ledger.Received, Sum(paths!.Paths));
        foreach (var rule in outcome.View.Rules) Assert.Equal(rule.Matched, Sum(paths.Paths.Where(p => p.Rule == rule.Name)));
        Assert.Equal(outcome.View.Unmatched, Sum(paths.Paths.Where(p => p.Rule is null)));
        Assert.All(paths.Paths, p => Assert.Equal((p.Mark == 0x40 ? "marked" : "stack", null), (p.Consumer, p.Reason)));
        Assert.Equal(paths.Paths.OrderByDescending(p => p.Packets.Packets), paths.Paths);
    }

    [Fact]
    public async Task Of_dry_runs_and_counts_there_are_a_few_at_a_time() => await Run(async (run, nic) =>
    {
        var counts = Enumerable.Range(0, RuleTrials.Most).Select(_ => run.Trials.PathsAsync(RuleTrials.Longest)).ToList();

        Assert.Null(await run.Trials.PathsAsync(RuleTrials.Longest));

        nic.Open();
        Assert.All(await Task.WhenAll(counts), Assert.NotNull);
    });

    [Fact]
    public async Task A_packet_is_traced_through_the_rules_in_force() => await Run((run, _) =>
    {
        var packet = new byte[60];
        (packet[12], packet[14], packet[23], packet[37]) = (8, 0x45, 17, 53);

        var traced = run.Trace(LinkType.Ethernet, packet);

        Assert.Equal((1, "marked", 0x40u), (traced.Generation, traced.Route, traced.Trace.Mark));
        Assert.Equal(["dns"], traced.Rules);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task A_traced_packet_of_another_link_type_leaves_the_rules_in_force_as_they_are() => await Run(async (run, _) =>
    {
        var before = (await run.Trials.Build(Others, "others.rules")).Table!.Links;
        var packet = new byte[40];
        (packet[0], packet[9], packet[23]) = (0x45, 17, 53);

        var traced = run.Trace(LinkType.RawIp, packet);

        Assert.Equal("stack", traced.Route);
        Assert.Equal(before.ToHashSet(), (await run.Trials.Build(Others, "others.rules")).Table!.Links.ToHashSet());
    });

    private static PacketTally Sum(IEnumerable<PacketPath> paths) => paths.Aggregate(default(PacketTally), (sum, p) => sum + p.Packets);

    private static string Books(RunOutcome outcome)
    {
        var ledger = outcome.View.Ledger;
        return $"{ledger.Received} {ledger.Delivered} {ledger.Passed} {ledger.Dropped} {string.Join(' ', outcome.View.Rules.Select(r => r.Matched))} {outcome.View.Unmatched}";
    }

    private static async Task<RunOutcome> Run(Func<PipelineRun, GatedNic, Task> meanwhile)
    {
        var nic = new GatedNic(SimulatedNic.Open(Wire));
        await using var run = PipelineRun.Start(new PipelineSetup
        {
            Nic = nic,
            Rules = RuleParser.Parse(new SourceText("t.rules", Rules), out _)!,
            Options = new PipelineOptions
            {
                Source = new SourceOptions { Sim = Wire },
                Routes = [new RouteOptions { To = "marked", Mark = 0x40, MarkMask = uint.MaxValue }, new RouteOptions { To = "marked", Mark = 0x41, MarkMask = uint.MaxValue }],
                Consumers = new Dictionary<string, ConsumerOptions> { ["marked"] = Runs.Bypass("marked") with { Handler = "count" } },
            },
        });
        await meanwhile(run, nic).WaitAsync(Runs.Patience);
        nic.Open();
        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.True(outcome.View.Balanced);
        Assert.Empty(outcome.Faults);
        return outcome;
    }
}
