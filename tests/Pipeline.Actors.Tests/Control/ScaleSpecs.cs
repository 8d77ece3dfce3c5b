using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>Flows move as a group gets and loses instances, and none is reordered.</summary>
public sealed class ScaleSpecs : OneGroup
{
    [Theory]
    [InlineData(Balance.Flow)]
    [InlineData(Balance.Queue)]
    public async Task More_and_fewer_instances_lose_nothing_and_reorder_no_flow(Balance balance)
    {
        var (nic, log, random) = (FlowPackets.NicOf(long.MaxValue, queues: 3), new FlowLog(), new Random(19));
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
        var (nic, logs) = (FlowPackets.NicOf(long.MaxValue), new List<FlowLog>());
        await using var run = PipelineRun.Start(Setup(nic, Waiting, NewLog));

        await run.ScaleConsumer(Group, 4).WaitAsync(Runs.Patience);
        await Threads.Eventually(() => logs.Count == 4 && logs.All(log => log.Packets > 0));
        await run.ScaleConsumer(Group, 1).WaitAsync(Runs.Patience);
        var (left, received) = (logs.Skip(1).Sum(log => log.Packets), Received(run));
        await Threads.Eventually(() => Received(run) > received + 10_000);

        Assert.Equal(left, logs.Skip(1).Sum(log => log.Packets));
        Assert.Equal(["Running"], run.View().Consumers.Single(c => c.Name == Group).Instances.Select(i => i.State.ToString()));
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
        var (nic, log) = (FlowPackets.NicOf(long.MaxValue, queues: 3), new FlowLog());
        await using var run = PipelineRun.Start(Setup(nic, Waiting with { Balance = balance }, () => new FlowConsumer(log)));
        await run.ScaleConsumer(Group, 4).WaitAsync(Runs.Patience);

        for (var order = 0; order < 40; order++)
        {
            Assert.True(await run.RemoveInstance(Group, order % 3).WaitAsync(Runs.Patience));
            Assert.DoesNotContain($"{Group}-{order % 3}", Instances(run).Select(i => i.Actor));
            await MoreFlows(run);
            Assert.True(await run.ScaleConsumer(Group, 4).WaitAsync(Runs.Patience));
            await MoreFlows(run);
        }

        run.Drain();
        var outcome = await Runs.ToEnd(run, nic);
        Assert.Equal((balance == Balance.RoundRobin ? log.OutOfOrder : 0, 0), (log.OutOfOrder, outcome.View.Ledger.Dropped.Packets));
        Assert.Equal((outcome.View.Ledger.Received.Packets, 4), (log.Packets, outcome.View.Consumers.Single(c => c.Name == Group).Instances.Count));
    }

    private static async Task MoreFlows(PipelineRun run)
    {
        var before = Received(run);
        await Threads.Eventually(() => Received(run) > before + 1_000);
    }
}
