using System.Buffers.Binary;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>Rules that change while packets flow: every bundle is marked and counted by exactly the generation it carries.</summary>
public sealed class RuleSwapSpecs : TestKit
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    private static readonly RouteOptions CopyOfOdd = new() { To = "copies", Copy = true, Mark = 1, MarkMask = 1 };

    public RuleSwapSpecs()
        : base(EmbeddedConfig.Load())
    {
    }

    [Fact]
    public async Task A_thousand_generations_under_traffic_lose_no_packet_and_mark_none_by_another_s_rules()
    {
        const int last = 1001;
        var (nic, watch) = (new FakeNic(long.MaxValue, queues: 2), new MarkWatch());
        await using var run = PipelineRun.Start(Setup(nic, watch));

        for (var next = 2; next <= last; next++)
        {
            var change = await run.ApplyRules(RuleTexts.MarkingWith(next), "swap.rules", "test").WaitAsync(Runs.Patience);
            Assert.Equal((RuleOutcome.Applied, next), (change.Outcome, change.Generation));
        }

        await Threads.Eventually(() => watch.Latest == last);
        run.Drain();
        var view = (await Runs.ToEnd(run, nic)).View;
        Assert.Empty(watch.Faults);
        Assert.Equal(view.Ledger.Received, view.Ledger.Delivered);
        Assert.Equal(view.Ledger.Received, view.Rules[0].Matched + view.Rules[1].Matched + view.Unmatched + view.EarlierRules);
        Assert.Equal((last, "odd-1001"), (view.Generation, view.Rules[0].Name));
    }

    [Fact]
    public async Task What_a_kept_rule_has_matched_never_goes_down()
    {
        const string kept = "rule kept match 7:01:01 mark 1\n";
        var nic = new FakeNic(long.MaxValue, queues: 2);
        await using var run = PipelineRun.Start(Setup(nic, new MarkWatch(checkMarks: false)) with { Rules = RuleTexts.Set(kept) });

        var (before, backwards) = (0L, 0);
        for (var i = 0; i < 200; i++)
        {
            var changing = run.ApplyRules($"rule new-{i} match 7:03:02 mark 2\n{kept}", "swap.rules", "test");
            while (!changing.IsCompleted)
            {
                var now = run.View().Rules.Single(r => r.Name == "kept").Matched.Packets;
                if (now < before) backwards++;
                before = now;
            }

            await changing;
        }

        run.Drain();
        var view = (await Runs.ToEnd(run, nic)).View;
        Assert.Equal(0, backwards);
        Assert.Equal(view.Ledger.Received, view.Rules[0].Matched + view.Rules[1].Matched + view.Unmatched + view.EarlierRules);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Routers_that_restart_while_rules_change_go_on_with_the_new_ones(int seed)
    {
        var (nic, watch, random) = (new FakeNic(long.MaxValue, queues: 2), new MarkWatch(), new Random(seed));
        var setup = Setup(nic, watch);
        var (state, topology) = (new RunState(stopAfter: null), Topology.Build(setup, MarkTable.Compile(setup.Rules)));
        var root = Sys.ActorOf(PipelineRoot.Props(topology, state), $"pipeline-{seed}");

        for (var next = 2; next <= 60; next++)
        {
            var applying = root.Ask<RuleProtocol.Answer>(new RuleProtocol.Apply("swap.rules", RuleTexts.MarkingWith(next), "test", null, null)).WaitAsync(Runs.Patience);
            for (var kills = random.Next(3); kills > 0; kills--) Sys.ActorSelection(root.Path / $"router-fake:{random.Next(2)}").Tell(Kill.Instance);
            Assert.Equal(next, (await applying).ToResult().Generation);
        }

        await Threads.Eventually(() => watch.Latest == 60);
        root.Tell(RootProtocol.Drain.Instance);
        await state.AtRest.WaitAsync(Runs.Patience);
        nic.Dispose();
        var (books, counts) = (topology.Ledger.Read(), topology.Rules.Counts);
        Assert.True(books.BalancesAtRest, books.ToString());
        Assert.Empty(watch.Faults);
        Assert.Equal(books.Received.Packets, counts.Rules.Sum(r => r.Matched.Packets) + counts.Unmatched.Packets + counts.Earlier.Packets);
    }

    [Fact]
    public async Task Rules_can_be_applied_while_it_drains()
    {
        using var release = new ManualResetEventSlim();
        var (nic, stuck) = (new FakeNic(5_000), new TaskCompletionSource());
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], Stick))));
        await stuck.Task.WaitAsync(Runs.Patience);
        run.Drain();

        var change = await run.ApplyRules(RuleTexts.MarkingWith(2), "late.rules", "test").WaitAsync(Runs.Patience);
        release.Set();

        Assert.Equal(RuleOutcome.Applied, change.Outcome);
        Assert.Equal(2, (await Runs.ToEnd(run, nic)).View.Generation);

        void Stick(long number)
        {
            stuck.TrySetResult();
            release.Wait(Runs.Patience);
        }
    }

    [Fact]
    public async Task After_the_end_there_is_nothing_to_change()
    {
        var nic = new FakeNic(100);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));
        await Runs.ToEnd(run, nic);

        var change = await run.ApplyRules(RuleTexts.MarkingWith(2), "late.rules", "test").WaitAsync(Runs.Patience);

        Assert.Equal((RuleOutcome.Ended, 1), (change.Outcome, change.Generation));
    }

    [Fact]
    public async Task An_end_while_rules_are_applied_leaves_nobody_waiting()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));
        var changes = Enumerable.Range(2, 50).Select(n => run.ApplyRules(RuleTexts.MarkingWith(n), "late.rules", "test")).ToList();

        run.Abort();

        Assert.All(await Task.WhenAll(changes).WaitAsync(Runs.Patience), c => Assert.True(c.Outcome is RuleOutcome.Applied or RuleOutcome.Ended));
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task A_check_says_what_would_change_and_changes_nothing()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Setup(nic, new MarkWatch()));

        var check = await run.CheckRules(RuleTexts.MarkingWith(2)).WaitAsync(Runs.Patience);

        Assert.Equal("odd-2 | odd-1 | any", string.Join(" | ", check.Delta.Added.Concat(check.Delta.Removed).Concat(check.Delta.Changed)));
        Assert.Equal((RuleTexts.MarkingWith(1), 1), (run.RulesText, run.View().Generation));
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(25)]
    public async Task A_time_to_confirm_that_makes_no_sense_is_refused(int hours)
    {
        var nic = new FakeNic(0);
        await using var run = PipelineRun.Start(Runs.Setup(nic, []));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => run.ApplyRules("", "x", "test", confirm: TimeSpan.FromHours(hours)));
    }

    private static PipelineSetup Setup(FakeNic nic, MarkWatch watch) =>
        Runs.Setup(nic, [CopyOfOdd, ToHandler], ("handler", () => watch), ("copies", () => new CountConsumer())) with { Rules = RuleTexts.Set(RuleTexts.MarkingWith(1)) };

    /// <summary>Checks each packet against the rules of the generation that its bundle says it was marked by.</summary>
    private sealed class MarkWatch(bool checkMarks = true) : IPacketConsumer
    {
        private int _latest;

        public List<string> Faults { get; } = [];

        /// <summary>The generation of the last batch. Any thread.</summary>
        public int Latest => Volatile.Read(ref _latest);

        public void Consume(scoped PacketBatch batch)
        {
            Volatile.Write(ref _latest, batch.Generation);
            if (!checkMarks) return;
            if (batch.Rules?.Rules.Generation != batch.Generation) Faults.Add($"generation {batch.Generation} came with the rules of {batch.Rules?.Rules.Generation}");
            foreach (ref readonly var packet in batch.Packets) Check(batch.Generation, BinaryPrimitives.ReadInt64BigEndian(batch.BytesOf(packet)), packet.Mark, packet.Rule);
        }

        public void Flush()
        {
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }

        private void Check(int generation, long number, uint mark, int rule)
        {
            var odd = (int)(number & 1);
            if (mark != (2 * generation) + odd || rule != 2 - odd) Faults.Add($"packet {number} of generation {generation} has mark {mark} by rule {rule}");
        }
    }
}
