using System.Buffers.Binary;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Actors.Tests.Generations;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>A whole pipeline that takes a part of an interface's traffic, and gets copies of what stays with the kernel.</summary>
public sealed class CopySpecs : OnAWire
{
    private const string ByParity = "rule odd match 17:01:01 mark 1\nrule even match 17:01:00 mark 2\n";

    private static readonly RouteOptions Take = new() { To = "taken", Mark = 1, MarkMask = 1 };

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public async Task A_capture_of_everything_has_what_is_taken_and_what_stays_and_the_books_count_each_packet_once(XdpMode mode)
    {
        var (taken, captured) = (new Numbers(), new Numbers());
        await using var run = Start(mode, taken, captured, ByParity, new RouteOptions { To = "capture", Copy = true }, Take);

        Send(0, 200);
        await Threads.Eventually(() => run.View().Ledger is var now && now.Received.Packets == 200 && now.CopiesDelivered.Packets == 200);
        run.Drain();

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Equal((200, 100, 100, true), (view.Ledger.Received.Packets, view.Ledger.Delivered.Packets, view.Ledger.PassedByDevice.Packets, view.Balanced));
        Assert.Equal((view.Ledger.Received, default), (view.Ledger.CopiesDelivered, view.Ledger.CopiesDropped));
        Assert.Equal([("odd", 100), ("even", 100)], view.Rules.Select(r => (r.Name, r.Matched.Packets)));
        Assert.Equal(200, view.Selected);
        Assert.Equal(Enumerable.Range(0, 200), captured.All.Order());
        Assert.Equal(Enumerable.Range(0, 200).Where(n => n % 2 == 1), taken.All);
        Assert.Equal([$"{Wire.Near}:0"], view.Queues.Select(q => q.Name));
    }

    [FactThatNeeds(Need.Root)]
    public async Task A_route_copies_what_it_marks_and_no_other_packet_is_copied()
    {
        var captured = new Numbers();
        await using var run = Start(XdpMode.Native, new Numbers(), captured, ByParity, new RouteOptions { To = "capture", Mark = 2, MarkMask = 2, Copy = true });

        Send(0, 100);
        await Threads.Eventually(() => run.View().Ledger.CopiesDelivered.Packets == 50);
        run.Drain();

        var ledger = (await run.Completion.WaitAsync(Runs.Patience)).View.Ledger;
        Assert.Equal((100, 100, 50), (ledger.Received.Packets, ledger.PassedByDevice.Packets, ledger.CopiesDelivered.Packets));
        Assert.Equal(Enumerable.Range(0, 50).Select(n => 2 * n), captured.All.Order());
    }

    [FactThatNeeds(Need.Root)]
    public async Task Of_a_paused_consumers_packets_which_stay_with_the_kernel_copies_go_on_coming()
    {
        var route = Take with { MarkMask = 0, Mark = 0, OnFailure = OnFailure.ToStack };
        await using var run = Start(XdpMode.Native, new Numbers(), new Numbers(), "", new RouteOptions { To = "capture", Copy = true }, route);
        var sent = 0;

        await run.PauseConsumer("taken");
        await Threads.Eventually(() =>
        {
            Send(sent++, 1);
            return run.View().Ledger.PassedByDevice.Packets > 10;
        });
        run.Drain();

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Equal((sent, sent, true), (view.Ledger.Received.Packets, view.Ledger.CopiesDelivered.Packets, view.Balanced));
    }

    [FactThatNeeds(Need.Root)]
    public async Task Copies_that_a_slow_consumer_does_not_take_are_dropped_and_counted_and_every_packet_is_passed()
    {
        const int sent = 20_000;
        using var slow = new Slow();
        await using var run = Start(XdpMode.Native, new Numbers(), slow, "", new RouteOptions { To = "capture", Copy = true });

        Send(0, sent);
        await Threads.Eventually(() => run.View().Ledger.PassedByDevice.Packets == sent);
        slow.Go();
        run.Drain();

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        var ledger = view.Ledger;
        Assert.Equal((sent, sent, true), (ledger.Received.Packets, ledger.Passed.Packets, view.Balanced));
        Assert.Equal(ledger.Received, ledger.CopiesDelivered + ledger.CopiesDropped);
        Assert.InRange(ledger.CopiesDropped.Packets, 1, sent - 1);
        Assert.Equal(default, ledger.Dropped);
    }

    [FactThatNeeds(Need.Root)]
    public async Task Through_changes_of_rules_under_traffic_each_copy_is_marked_by_the_rules_that_decided_and_none_is_missing()
    {
        const int last = 100;
        var watch = new Watch();
        await using var run = Start(XdpMode.Native, new Numbers(), watch, Marking(1), new RouteOptions { To = "capture", Mark = 1, MarkMask = 1, Copy = true });
        using var enough = new CancellationTokenSource();
        var sent = 0;
        var sending = Task.Run(() =>
        {
            for (; !enough.IsCancellationRequested; sent += 20)
            {
                Send(sent, 20);
                SpinWait.SpinUntil(() => run.View().Ledger.CopiesDelivered.Packets >= sent - 200, Runs.Patience);
            }
        });

        for (var next = 2; next <= last; next++)
            Assert.Equal(RuleOutcome.Applied, (await run.ApplyRules(Marking(next), "swap.rules", "test").WaitAsync(Runs.Patience)).Outcome);
        await Threads.Eventually(() => watch.Latest == last);
        enough.Cancel();
        await sending;
        run.Drain();

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Empty(watch.Faults);
        Assert.Equal((sent, sent, true), (view.Ledger.Received.Packets, view.Ledger.CopiesDelivered.Packets + view.Ledger.CopiesDropped.Packets, view.Balanced));
        Assert.Equal(view.Ledger.Received, view.Rules.Aggregate(view.Unmatched + view.EarlierRules, (sum, rule) => sum + rule.Matched));

        static string Marking(int generation) => $"rule r{generation} match 0:00:00 mark {(2 * generation) + 1}\n";
    }

    private PipelineRun Start(XdpMode mode, IPacketConsumer taken, IPacketConsumer captured, string rules, params RouteOptions[] routes)
    {
        var plan = new PipelineBuilder()
            .ReceiveFrom(_ => AfXdpNic.Open(Wire.Near, new AfXdpOptions { Mode = mode }))
            .Handler("taken", _ => taken)
            .Handler("capture", _ => captured);
        foreach (var route in routes) plan.Route(route);
        return PipelineRun.Start(plan.Build() with { Rules = RuleTexts.Set(rules) });
    }

    private class Numbers : IPacketConsumer
    {
        public List<int> All { get; } = [];

        public virtual void Consume(scoped PacketBatch batch)
        {
            foreach (ref readonly var packet in batch.Packets) All.Add(BinaryPrimitives.ReadInt32BigEndian(batch.BytesOf(packet)[NumberAt..]));
        }

        public void Flush()
        {
        }

        public void Complete()
        {
        }

        public virtual void Dispose()
        {
        }
    }

    /// <summary>Takes nothing until it may.</summary>
    private sealed class Slow : Numbers
    {
        private readonly ManualResetEventSlim _mayGo = new();

        public void Go() => _mayGo.Set();

        public override void Consume(scoped PacketBatch batch) => _mayGo.Wait();

        public override void Dispose()
        {
            Go();
            base.Dispose();
        }
    }

    private sealed class Watch : Numbers
    {
        private int _latest;

        public List<string> Faults { get; } = [];

        /// <summary>The generation of the last batch. Any thread.</summary>
        public int Latest => Volatile.Read(ref _latest);

        public override void Consume(scoped PacketBatch batch)
        {
            if (batch.Generation < _latest) Faults.Add($"generation {batch.Generation} came after {_latest}");
            Volatile.Write(ref _latest, batch.Generation);
            foreach (ref readonly var packet in batch.Packets)
            {
                if (packet.Mark != (2 * batch.Generation) + 1) Faults.Add($"generation {batch.Generation}: a packet with mark {packet.Mark}");
            }
        }
    }
}
