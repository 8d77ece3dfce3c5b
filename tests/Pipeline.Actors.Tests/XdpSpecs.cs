using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Actors.Tests.Generations;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>A whole pipeline that takes a part of an interface's traffic off the kernel, as an application starts it.</summary>
public sealed class XdpSpecs : OnAWire
{
    private const int LastByteAt = NumberAt + 3;

    private static readonly int Changes = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? 500 : 100;

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public async Task What_a_route_wants_is_taken_and_everything_else_stays_with_the_kernel_and_the_books_have_both(XdpMode mode)
    {
        await using var run = Start(mode, new CountConsumer(), "rule odd match 17:01:01 mark 1\nrule even match 17:01:00 mark 2\n");

        Send(0, 200);
        await Threads.Eventually(() => run.View().Ledger.Received.Packets == 200);
        run.Drain();

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Equal((200, 100, 100, true), (view.Ledger.Received.Packets, view.Ledger.Delivered.Packets, view.Ledger.Passed.Packets, view.Balanced));
        Assert.Equal([("odd", 100), ("even", 100)], view.Rules.Select(r => (r.Name, r.Matched.Packets)));
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public async Task Through_an_interface_that_goes_down_and_is_made_anew_packets_go_on_being_taken_and_the_books_balance(XdpMode mode)
    {
        await using var run = Start(mode, new CountConsumer(), "rule all match 0:00:00 mark 1\n");

        var sent = await SendThroughAFlapAndADeletion(run);
        run.Drain();

        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.Empty(outcome.Faults);
        Assert.Equal((sent, sent, true), (outcome.View.Ledger.Received.Packets, outcome.View.Ledger.Delivered.Packets, outcome.View.Balanced));
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public async Task Many_changes_of_rules_under_traffic_lose_no_packet_and_each_is_decided_by_one_generation(XdpMode mode)
    {
        var last = 1 + Changes;
        var watch = new Watch();
        await using var run = Start(mode, watch, Parity(1));
        using var enough = new CancellationTokenSource();
        var sending = Task.Run(() => SendUntil(run, enough.Token));

        for (var next = 2; next <= last; next++)
        {
            var change = await run.ApplyRules(Parity(next), "swap.rules", "test").WaitAsync(Runs.Patience);
            Assert.Equal((RuleOutcome.Applied, next), (change.Outcome, change.Generation));
        }

        await Threads.Eventually(() => watch.Latest == last);
        enough.Cancel();
        var sent = await sending;
        run.Drain();

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Empty(watch.Faults);
        Assert.DoesNotContain(view.Ledger.DeviceLost, l => l.Value > 0);
        Assert.DoesNotContain(view.Ledger.DroppedByReason, l => l.Value.Packets > 0);
        Assert.Equal((sent, true), (view.Ledger.Received.Packets, view.Balanced));
        Assert.DoesNotContain(view.Ledger.DroppedByReason, r => r.Value.Packets > 0);
        Assert.Equal((view.Ledger.Passed.Packets, sent), (view.Ledger.PassedByDevice.Packets, view.Ledger.Passed.Packets + view.Ledger.Delivered.Packets));
        Assert.Equal(view.Ledger.Received, view.Rules.Aggregate(view.Unmatched + view.EarlierRules, (sum, rule) => sum + rule.Matched));
    }

    [FactThatNeeds(Need.Root)]
    public async Task While_a_consumer_is_paused_its_packets_stay_with_the_kernel_if_the_route_says_so()
    {
        await using var run = Start(XdpMode.Native, new CountConsumer(), "rule all match 0:00:00 mark 1\n", new RouteOptions { To = "taken", OnFailure = OnFailure.ToStack });
        var sent = 0;
        await SendUntil(() => Delivered(run) > 0);

        await run.PauseConsumer("taken");
        await SendUntil(() => run.View().Ledger.PassedByDevice.Packets > 0);
        await run.ResumeConsumer("taken");
        var before = Delivered(run);
        await SendUntil(() => Delivered(run) > before);
        run.Drain();

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Equal((sent, true), (view.Ledger.Delivered.Packets + view.Ledger.PassedByDevice.Packets, view.Balanced));

        Task SendUntil(Func<bool> condition) => Threads.Eventually(() =>
        {
            Send(sent++, 1);
            return condition();
        });
    }

    [FactThatNeeds(Need.Root)]
    public async Task A_route_whose_breaker_opens_leaves_later_packets_with_the_kernel_and_takes_them_again_when_its_consumer_goes_on()
    {
        using var slow = new SlowConsumer();
        var breaker = new BreakerOptions { For = TimeSpan.FromMilliseconds(100), Back = TimeSpan.FromMilliseconds(100) };
        await using var run = Start(XdpMode.Native, slow, "rule all match 0:00:00 mark 1\n", new RouteOptions { To = "taken", Share = 0.01, Breaker = breaker });
        var sent = 0;

        await SendUntil(() => run.View().Ledger.PassedByDevice.Packets > 100);
        Assert.True(run.View().Routes[0].Breaker!.IsOpen);
        slow.Go();
        var before = Delivered(run);
        await SendUntil(() => Delivered(run) > before + 100 && !run.View().Routes[0].Breaker!.IsOpen);
        run.Drain();

        var ledger = (await run.Completion.WaitAsync(Runs.Patience)).View.Ledger;
        Assert.Equal((sent, true), (ledger.Delivered.Packets + ledger.PassedByDevice.Packets + ledger.Dropped.Packets, ledger.BalancesAtRest));
        Assert.Equal(ledger.PassedByDevice, ledger.Passed);

        Task SendUntil(Func<bool> condition) => Threads.Eventually(() =>
        {
            Send(sent, 10);
            sent += 10;
            return condition();
        });
    }

    [FactThatNeeds(Need.Root)]
    public async Task Beyond_a_routes_share_later_packets_stay_with_the_kernel_if_the_route_says_so_and_those_already_taken_are_dropped_and_counted()
    {
        using var slow = new SlowConsumer();
        var route = new RouteOptions { To = "taken", Overload = Overload.ToStack, Share = 0.01 };
        await using var run = Start(XdpMode.Native, slow, "rule all match 0:00:00 mark 1\n", route);
        var sent = 0;

        await Threads.Eventually(() => Next() && run.View().Ledger.PassedByDevice.Packets > 0);
        slow.Go();
        var before = Delivered(run);
        await Threads.Eventually(() => Next() && Delivered(run) > before + 100);
        run.Drain();

        var ledger = (await run.Completion.WaitAsync(Runs.Patience)).View.Ledger;
        Assert.Equal(sent, ledger.Delivered.Packets + ledger.PassedByDevice.Packets + ledger.Dropped.Packets);
        Assert.Equal(ledger.PassedByDevice, ledger.Passed);
        Assert.Equal([DropReason.ShareExceeded], ledger.DroppedByReason.Where(r => r.Value.Packets > 0).Select(r => r.Key));

        bool Next()
        {
            Send(sent, 10);
            sent += 10;
            return true;
        }
    }

    /// <summary>Odd generations take even packets, even generations odd ones.</summary>
    private static string Parity(int generation) =>
        $"rule odd-{generation} match 17:01:01 mark {(2 * generation) + (1 - (generation & 1))}\nrule even match 17:01:00 mark {(2 * generation) + (generation & 1)}\n";

    private static long Delivered(PipelineRun run) => run.View().Ledger.Delivered.Packets;

    private PipelineRun Start(XdpMode mode, IPacketConsumer consumer, string rules, RouteOptions? route = null) => PipelineRun.Start(
        new PipelineBuilder()
            .ReceiveFrom(_ => AfXdpNic.Open(Wire.Near, new AfXdpOptions { Mode = mode }))
            .Handler("taken", _ => consumer)
            .Route((route ?? new RouteOptions { To = "taken" }) with { Mark = 1, MarkMask = 1 })
            .Build() with { Rules = RuleTexts.Set(rules) });

    /// <summary>Waits while many are on their way, so that no ring is full and no route is beyond its share.</summary>
    private long SendUntil(PipelineRun run, CancellationToken enough)
    {
        var sent = 0;
        while (!enough.IsCancellationRequested)
        {
            Send(sent, 20);
            sent += 20;
            SpinWait.SpinUntil(() => IsSettled(run.View().Ledger, sent - 100), Runs.Patience);
        }

        return sent;
    }

    private static bool IsSettled(LedgerSnapshot ledger, long packets) => ledger.Delivered.Packets + ledger.Passed.Packets >= packets;

    /// <summary>Takes nothing until it may.</summary>
    private sealed class SlowConsumer : IPacketConsumer
    {
        private readonly ManualResetEventSlim _mayGo = new();

        public void Go() => _mayGo.Set();

        public void Consume(scoped PacketBatch batch) => _mayGo.Wait();

        public void Flush()
        {
        }

        public void Complete()
        {
        }

        public void Dispose() => Go();
    }

    private sealed class Watch : IPacketConsumer
    {
        private int _latest;

        public List<string> Faults { get; } = [];

        /// <summary>The generation of the last batch. Any thread.</summary>
        public int Latest => Volatile.Read(ref _latest);

        public void Consume(scoped PacketBatch batch)
        {
            Volatile.Write(ref _latest, batch.Generation);
            foreach (ref readonly var packet in batch.Packets)
            {
                var isOdd = (batch.BytesOf(packet)[LastByteAt] & 1) == 1;
                if (isOdd == (batch.Generation % 2 == 1) || packet.Mark != (2 * batch.Generation) + 1)
                    Faults.Add($"generation {batch.Generation}: an {(isOdd ? "odd" : "even")} packet with mark {packet.Mark}");
            }
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
    }
}
