using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>Orders for instances that are refused, and change nothing.</summary>
public sealed class ScaleRefusalSpecs : OneGroup
{
    [Fact]
    public async Task The_last_instance_and_one_that_is_not_there_stay_where_they_are()
    {
        var nic = FlowPackets.NicOf(long.MaxValue);
        await using var run = PipelineRun.Start(Setup(nic, Waiting, () => new CountConsumer()));

        Assert.False(await run.RemoveInstance(Group, 0).WaitAsync(Runs.Patience));
        Assert.False(await run.RemoveInstance(Group, 7).WaitAsync(Runs.Patience));
        Assert.False(await run.RemoveInstance("nobody", 0).WaitAsync(Runs.Patience));

        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task Orders_that_make_no_sense_are_refused()
    {
        var nic = FlowPackets.NicOf(1_000);
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
        var nic = FlowPackets.NicOf(long.MaxValue);
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
