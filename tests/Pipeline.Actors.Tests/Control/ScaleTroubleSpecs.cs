using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>A group gets and loses instances while it is paused, while it crashes, and while the run ends.</summary>
public sealed class ScaleTroubleSpecs : OneGroup
{
    [Fact]
    public async Task A_paused_instance_keeps_what_it_has_and_others_run_on_while_the_order_waits()
    {
        var (nic, log, other) = (FlowPackets.NicOf(long.MaxValue), new FlowLog(), new FlowLog());
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
        var (nic, log, crashes) = (FlowPackets.NicOf(long.MaxValue, queues: 2), new FlowLog(), 0);
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
        var (nic, log) = (FlowPackets.NicOf(random.Next(2) == 0 ? long.MaxValue : random.Next(1, 20_000), random.Next(1, 3)), new FlowLog());
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

    private static RuleSet OddFlows => RuleParser.Parse(new SourceText("test", "rule odd match 42:01:01 mark 1\n"), out _)!;

    private static bool IsAnyDown(PipelineRun run) => Instances(run).Any(i => i.State == ConsumerState.BackingOff);
}
