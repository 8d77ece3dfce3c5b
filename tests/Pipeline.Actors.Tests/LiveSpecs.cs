using System.Globalization;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>A whole pipeline on an end of a veth pair, as an application starts it.</summary>
public sealed class LiveSpecs : OnAWire
{
    [FactThatNeeds(Need.Root)]
    public async Task Packets_of_an_interface_are_delivered_through_a_flap_and_a_deletion_and_the_books_balance()
    {
        await using var run = Start(new CountConsumer());

        var sent = await SendThroughAFlapAndADeletion(run);
        run.Drain();

        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.Empty(outcome.Faults);
        Assert.Equal((sent, sent, true), (outcome.View.Ledger.Received.Packets, outcome.View.Ledger.Delivered.Packets, outcome.View.Balanced));
    }

    [FactThatNeeds(Need.Root)]
    public async Task What_the_kernel_had_put_into_the_ring_when_it_was_drained_is_delivered()
    {
        await using var run = Start(new CountConsumer());
        await Threads.Eventually(() => run.View().Routers.Count == 1);

        Send(0, 500);
        run.Drain();

        var ledger = (await run.Completion.WaitAsync(Runs.Patience)).View.Ledger;
        Assert.Equal(500, ledger.Delivered.Packets + ledger.DeviceLost.Values.Sum());
    }

    [FactThatNeeds(Need.Root)]
    public async Task What_is_forwarded_from_one_interface_to_another_arrives_and_is_counted_at_both_ends()
    {
        const int Packets = 1400;
        using var guest = new VethWire();
        var before = ReceivedAt(guest);
        await using var run = StartForwarding(guest);
        await Threads.Eventually(() => run.View().Routers.Count == 1);

        Send(0, Packets);
        await Threads.Eventually(() => Delivered(run) == Packets);
        run.Drain();

        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Equal((Packets, Packets, true), (view.Ledger.Received.Packets, view.Ledger.Delivered.Packets, view.Balanced));
        Assert.Equal(Packets, ReceivedAt(guest) - before);
        Assert.Equal(("interface-lost", 0), view.Consumers.Single(c => c.Name == "guest").Counters.Select(c => (c.Name, c.Value)).Single());
    }

    [FactThatNeeds(Need.Root)]
    public async Task What_cannot_be_forwarded_while_the_other_interface_is_gone_is_counted_and_forwarding_goes_on_when_it_is_back()
    {
        using var guest = new VethWire();
        await using var run = StartForwarding(guest);
        await Threads.Eventually(() => run.View().Routers.Count == 1);

        guest.Delete();
        Send(0, 10);
        await Threads.Eventually(() => Failed(run) == 10);
        Assert.Contains($"if:{guest.Near}: there is no interface {guest.Near}", run.View().Consumers.Single(c => c.Name == "guest").Notes);
        guest.Make();
        Send(0, 20);
        await Threads.Eventually(() => Delivered(run) == 20);
        run.Drain();

        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.Empty(outcome.Faults);
        Assert.Equal((30, 20, true), (outcome.View.Ledger.Received.Packets, outcome.View.Ledger.Delivered.Packets, outcome.View.Balanced));
    }

    private PipelineRun StartForwarding(VethWire guest) => PipelineRun.Start(
        new PipelineBuilder()
            .ReceiveFrom(_ => AfPacketNic.Open(Wire.Near))
            .Consumer(new ConsumerOptions
            {
                Name = "guest", Kind = ConsumerKind.Bypass, Handler = "forward", To = new TransmitTarget(TransmitKind.Interface, guest.Near),
            })
            .Route("guest")
            .Build());

    private static long ReceivedAt(VethWire wire) =>
        long.Parse(wire.InFar("cat", $"/sys/class/net/{VethWire.Far}/statistics/rx_packets"), CultureInfo.InvariantCulture);

    private static long Failed(PipelineRun run) => run.View().Ledger.DroppedByReason.GetValueOrDefault(DropReason.OutputError).Packets;

    private static long Delivered(PipelineRun run) => run.View().Ledger.Delivered.Packets;

    private PipelineRun Start(IPacketConsumer consumer) => PipelineRun.Start(
        new PipelineBuilder().ReceiveFrom(_ => AfPacketNic.Open(Wire.Near)).Handler("all", _ => consumer).Route("all").Build());
}
