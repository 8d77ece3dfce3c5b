using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>Consumer groups that get and lose instances under load, in whole pipelines. The packets carry flow and number.</summary>
public sealed class ScaleSpecs
{
    private const string Group = "group";
    private static readonly RouteOptions Waiting = new() { To = Group, Overload = Overload.Wait, Share = 1 };

    [Theory]
    [InlineData(Balance.Flow)]
    [InlineData(Balance.Queue)]
    public async Task More_and_fewer_instances_lose_nothing_and_reorder_no_flow(Balance balance)
    {
        var (nic, log, random) = (NicOf(long.MaxValue, queues: 3), new FlowLog(), new Random(19));
        await using var run = PipelineRun.Start(Setup(nic, Waiting with { Balance = balance }, () => new FlowConsumer(log)));

        for (var order = 0; order < 60; order++)
        {
            var before = Received(run);
            Assert.True(await run.ScaleConsumer(Group, random.Next(1, 9)).WaitAsync(Runs.Patience));
            await Threads.Eventually(() => Received(run) > before + 1_000);
        }

        run.Drain();
        var outcome = await Runs.ToEnd(run, nic);
        Assert.Equal((0, 0), (log.OutOfOrder, outcome.View.Ledger.Dropped.Packets));
        Assert.Equal(outcome.View.Ledger.Received.Packets, log.Packets);
    }

    [Fact]
    public async Task Every_instance_gets_its_part_of_the_flows_and_one_that_left_nothing_more()
    {
        var (nic, logs) = (NicOf(long.MaxValue), new List<FlowLog>());
        await using var run = PipelineRun.Start(Setup(nic, Waiting, NewLog));

        await run.ScaleConsumer(Group, 4).WaitAsync(Runs.Patience);
        await Threads.Eventually(() => logs.Count == 4 && logs.All(log => log.Packets > 0));
        await run.ScaleConsumer(Group, 1).WaitAsync(Runs.Patience);
        var (left, received) = (logs.Skip(1).Sum(log => log.Packets), Received(run));
        await Threads.Eventually(() => Received(run) > received + 10_000);

        Assert.Equal(left, logs.Skip(1).Sum(log => log.Packets));
        Assert.Equal(["Running", "Completed", "Completed", "Completed"], run.View().Consumers.Single(c => c.Name == Group).Instances.Select(i => i.State.ToString()));
        run.Drain();
        await Runs.ToEnd(run, nic);

        IPacketConsumer NewLog()
        {
            var log = new FlowLog();
            lock (logs) logs.Add(log);
            return new FlowConsumer(log);
        }
    }

    [Theory]
    [InlineData(Balance.Flow)]
    [InlineData(Balance.Queue)]
    [InlineData(Balance.RoundRobin)]
    public async Task An_instance_in_the_middle_leaves_and_comes_back_while_packets_flow(Balance balance)
    {
        var (nic, log) = (NicOf(long.MaxValue, queues: 3), new FlowLog());
        await using var run = PipelineRun.Start(Setup(nic, Waiting with { Balance = balance }, () => new FlowConsumer(log)));
        await run.ScaleConsumer(Group, 4).WaitAsync(Runs.Patience);

        for (var order = 0; order < 40; order++)
        {
            Assert.True(await run.RemoveInstance(Group, order % 3).WaitAsync(Runs.Patience));
            Assert.Equal([$"{Group}-{order % 3}"], Instances(run).Where(i => i.State == ConsumerState.Completed).Select(i => i.Actor));
            await MoreFlows(run);
            Assert.True(await run.ScaleConsumer(Group, 4).WaitAsync(Runs.Patience));
            await MoreFlows(run);
        }

        run.Drain();
        var outcome = await Runs.ToEnd(run, nic);
        Assert.Equal((balance == Balance.RoundRobin ? log.OutOfOrder : 0, 0), (log.OutOfOrder, outcome.View.Ledger.Dropped.Packets));
        Assert.Equal((outcome.View.Ledger.Received.Packets, 4), (log.Packets, outcome.View.Consumers.Single(c => c.Name == Group).Instances.Count));
    }

    [Fact]
    public async Task The_last_instance_and_one_that_is_not_there_stay_where_they_are()
    {
        var nic = NicOf(long.MaxValue);
        await using var run = PipelineRun.Start(Setup(nic, Waiting, () => new CountConsumer()));

        Assert.False(await run.RemoveInstance(Group, 0).WaitAsync(Runs.Patience));
        Assert.False(await run.RemoveInstance(Group, 7).WaitAsync(Runs.Patience));
        Assert.False(await run.RemoveInstance("nobody", 0).WaitAsync(Runs.Patience));

        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task A_paused_instance_keeps_what_it_has_and_others_run_on_while_the_order_waits()
    {
        var (nic, log, other) = (NicOf(long.MaxValue), new FlowLog(), new FlowLog());
        var setup = Setup(nic, Waiting with { Share = 0.25, Mark = 1, MarkMask = 1, Overload = Overload.DropNew }, () => new FlowConsumer(log), () => new FlowConsumer(other));
        await using var run = PipelineRun.Start(setup with { Rules = OddFlows });
        await run.PauseConsumer(Group);
        await Threads.Eventually(() => run.View().Ledger.DroppedByReason.ContainsKey(DropReason.ShareExceeded));

        var scaling = run.ScaleConsumer(Group, 3);
        var before = other.Packets;
        await Threads.Eventually(() => other.Packets > before + 50_000);
        Assert.False(scaling.IsCompleted);
        await run.ResumeConsumer(Group);

        Assert.True(await scaling.WaitAsync(Runs.Patience));
        await Threads.Eventually(() => run.View().Consumers.Single(c => c.Name == Group).Instances.All(i => i.State == ConsumerState.Running));
        run.Drain();
        await Runs.ToEnd(run, nic);
        Assert.Equal(0, log.OutOfOrder);
    }

    [Fact]
    public async Task Crashes_while_instances_come_and_go_cost_their_bundles_and_no_order()
    {
        var (nic, log, crashes) = (NicOf(long.MaxValue, queues: 2), new FlowLog(), 0);
        await using var run = PipelineRun.Start(Setup(nic, Waiting, () => new FlowConsumer(log, MaybeCrash)));
        var random = new Random(7);

        while (Volatile.Read(ref crashes) < 1_000)
        {
            var scaling = run.ScaleConsumer(Group, random.Next(1, 5));
            while (!scaling.IsCompleted)
            {
                // Nobody waits here for a thousand back-offs.
                if (IsAnyDown(run)) await run.RestartConsumer(Group);
                await Task.Delay(1);
            }

            Assert.True(await scaling);
        }

        run.Drain();
        var outcome = await Runs.ToEnd(run, nic);
        var failed = outcome.View.Ledger.DroppedByReason[DropReason.ConsumerFailed].Packets;
        Assert.Equal((0, outcome.View.Ledger.Received.Packets - failed), (log.OutOfOrder, log.Packets));

        void MaybeCrash()
        {
            if (Random.Shared.Next(4) == 0 && Interlocked.Increment(ref crashes) <= 1_000) throw new InvalidDataException("on order");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whenever_a_run_ends_while_instances_come_and_go_the_books_balance(int batch)
    {
        for (var i = 0; i < 20; i++)
        {
            var seed = (batch * 100) + i;
            try
            {
                await OneRun(new Random(seed));
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }

    private static async Task OneRun(Random random)
    {
        var (nic, log) = (NicOf(random.Next(2) == 0 ? long.MaxValue : random.Next(1, 20_000), random.Next(1, 3)), new FlowLog());
        var route = Waiting with { Overload = (Overload)random.Next(3), Share = random.Next(1, 11) / 10.0 };
        var crashEvery = random.Next(2) == 0 ? random.Next(50, 500) : int.MaxValue;
        var bundles = 0;
        await using var run = PipelineRun.Start(Setup(nic, route, () => new FlowConsumer(log, () =>
        {
            if (Interlocked.Increment(ref bundles) % crashEvery == 0) throw new InvalidDataException("on order");
        })));

        var orders = new List<Task<bool>>();
        for (var order = 0; order < 10; order++)
        {
            orders.Add(run.ScaleConsumer(Group, random.Next(1, 6)));
            if (random.Next(4) == 0) await run.PauseConsumer(Group);
            if (random.Next(2) == 0) await run.ResumeConsumer(Group);
            
            // Paused, an order may take for ever.
            if (random.Next(2) == 0) await Task.WhenAny(orders[^1], Task.Delay(random.Next(20)));
        }

        if (random.Next(2) == 0) run.Drain();
        else run.Abort();
        await Runs.ToEnd(run, nic);
        await Task.WhenAll(orders).WaitAsync(Runs.Patience);
        Assert.Equal(0, log.OutOfOrder);
    }

    [Fact]
    public async Task Orders_that_make_no_sense_are_refused()
    {
        var nic = NicOf(1_000);
        var setup = Setup(nic, Waiting, () => new CountConsumer());
        var consumers = new Dictionary<string, ConsumerOptions>(setup.Options.Consumers) { ["capture"] = new() { Name = "capture", Kind = ConsumerKind.AfPacket } };
        var handlers = new Dictionary<string, Func<IPacketConsumer>>(setup.Handlers) { ["capture"] = () => new CountConsumer() };
        setup = setup with { Handlers = handlers, Options = setup.Options with { Consumers = consumers, Routes = [new RouteOptions { To = "capture", Copy = true }, Waiting] } };
        await using var run = PipelineRun.Start(setup);

        Assert.False(await run.ScaleConsumer("nobody", 2));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => run.ScaleConsumer(Group, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => run.ScaleConsumer(Group, 65));
        Assert.Contains("capture", (await Assert.ThrowsAsync<InvalidOperationException>(() => run.ScaleConsumer("capture", 2))).Message, StringComparison.Ordinal);

        await Runs.ToEnd(run, nic);
        Assert.False(await run.ScaleConsumer(Group, 2).WaitAsync(Runs.Patience));
    }

    [Fact]
    public async Task An_instance_that_cannot_be_made_is_an_error_and_changes_nothing()
    {
        var nic = NicOf(long.MaxValue);
        var options = new PipelineOptions
        {
            Routes = [Waiting],
            Consumers = new Dictionary<string, ConsumerOptions> { [Group] = new() { Name = Group, Kind = ConsumerKind.Bypass, Handler = "forward", To = new TransmitTarget(TransmitKind.Interface, "none") } },
        };
        var opened = 0;
        var setup = Setup(nic, Waiting, () => new CountConsumer()) with
        {
            Options = options,
            Handlers = new Dictionary<string, Func<IPacketConsumer>>(),
            OpenTransmitter = _ => ++opened == 1 ? new DiscardingTransmitter() : throw new OutputException("if:none", "there is no more"),
        };
        await using var run = PipelineRun.Start(setup);

        await Assert.ThrowsAsync<OutputException>(() => run.ScaleConsumer(Group, 2).WaitAsync(Runs.Patience));

        Assert.Single(run.View().Consumers.Single(c => c.Name == Group).Instances);
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    private static RuleSet OddFlows => RuleParser.Parse(new SourceText("test", "rule odd match 42:01:01 mark 1\n"), out _)!;

    private static FakeNic NicOf(long packetsPerQueue, int queues = 1)
    {
        var nic = new FakeNic(packetsPerQueue, queues, pages: 16);
        for (var i = 0; i < queues; i++)
        {
            var queue = i;
            nic[i].Write = (bytes, n) => FlowPackets.Write(bytes, queue, n);
        }

        return nic;
    }

    private static PipelineSetup Setup(FakeNic nic, RouteOptions route, Func<IPacketConsumer> make, Func<IPacketConsumer>? rest = null) =>
        Runs.Setup(nic, [route, new RouteOptions { To = "rest", Overload = Overload.DropNew }], (Group, make), ("rest", rest ?? (() => new CountConsumer())));

    private static IReadOnlyList<ConsumerInstanceView> Instances(PipelineRun run) => run.View().Consumers.Single(c => c.Name == Group).Instances;

    private static async Task MoreFlows(PipelineRun run)
    {
        var before = Received(run);
        await Threads.Eventually(() => Received(run) > before + 1_000);
    }

    private static bool IsAnyDown(PipelineRun run) => Instances(run).Any(i => i.State == ConsumerState.BackingOff);

    private static long Received(PipelineRun run) => run.View().Ledger.Received.Packets;

    private sealed class DiscardingTransmitter : ITransmitter
    {
        public string Name => "if:none";

        public int InFlight => 0;

        public bool TryTransmit(PageBundle bundle)
        {
            bundle.Dispose();
            return true;
        }

        public void Reap()
        {
        }

        public void Dispose()
        {
        }
    }
}
