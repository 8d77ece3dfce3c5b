using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Delivery;

/// <summary>What a consumer does with bundles, flushes, orders it does not know, and a stop.</summary>
public sealed class ConsumerActorSpecs : OneConsumer
{
    [Fact]
    public async Task A_bundle_is_consumed_counted_and_sent_home()
    {
        var consumer = Start(Instance(new ScriptedConsumer(Calls)));

        consumer.Tell(Source.Bundle(0, 0));

        await Threads.Eventually(() => Source.Pool.Outstanding == 0);
        Assert.Equal(2, Source.Lost.DeliveredTally.Packets);
    }

    [Fact]
    public async Task The_flush_tick_flushes_what_was_consumed_since_the_last_and_only_then()
    {
        var consumer = Start(Instance(new ScriptedConsumer(Calls)));
        await TimePasses(consumer, 1000);
        Assert.Equal(0, Calls.Of("flush"));

        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => Calls.Of("consume") == 1);
        await TimePasses(consumer, 250);
        Assert.Equal(1, Calls.Of("flush"));

        await TimePasses(consumer, 1000);
        Assert.Equal(1, Calls.Of("flush"));
    }

    [Fact]
    public async Task An_output_is_not_restarted_for_it_would_write_over_its_file()
    {
        var instance = Instance(() => new ScriptedConsumer(Calls), ConsumerKind.AfPacket);
        var consumer = Start(instance);

        consumer.Tell(ConsumerProtocol.Restart.Instance);

        await TimePasses(consumer, 0);
        Assert.Equal((0, 0), (Calls.Of("dispose"), instance.Figures.Restarts));
    }

    [Fact]
    public async Task An_output_that_fails_says_so_once_and_loses_what_comes_after_with_its_reason()
    {
        var instance = Instance(() => new ScriptedConsumer(Calls, _ => throw new OutputException("out.pcap", "on order")), ConsumerKind.AfPacket);
        var consumer = Start(instance);

        for (var i = 0; i < 3; i++) consumer.Tell(Source.Bundle(0));

        await Threads.Eventually(() => Source.Pool.Outstanding == 0);
        Assert.IsType<OutputException>(Root.ExpectMsg<ConsumerProtocol.OutputFailed>().Error);
        Root.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(3, Source.Lost.DroppedTally(DropReason.OutputError).Packets);
        Assert.Equal((1, 0), (Calls.Of("consume"), instance.Figures.Restarts));
    }

    [Fact]
    public async Task An_output_whose_flush_fails_has_failed()
    {
        var consumer = Start(Instance(() => new ScriptedConsumer(Calls, onFlush: () => throw new OutputException("out.pcap", "on order")), ConsumerKind.AfPacket));
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => Calls.Of("consume") == 1);

        await TimePasses(consumer, 250);

        Root.ExpectMsg<ConsumerProtocol.OutputFailed>();
    }

    [Fact]
    public async Task A_consumer_that_takes_bundles_over_owns_them_until_it_is_through()
    {
        var device = new HoldingConsumer();
        var consumer = Start(Instance(device));
        consumer.Tell(Source.Bundle(0, 0));
        await Threads.Eventually(() => device.InFlight == 1);
        Assert.Equal((2, 0), (Source.Pool.Outstanding, Source.Lost.DeliveredTally.Packets));

        // Nothing new came: it is asked all the same, because something is on its way.
        await TimePasses(consumer, 250);
        await TimePasses(consumer, 250);

        Assert.Equal((0, 2), (Source.Pool.Outstanding, Source.Lost.DeliveredTally.Packets));
    }

    [Fact]
    public async Task A_consumer_with_nothing_to_report_says_so()
    {
        var consumer = Start(Instance(new ScriptedConsumer(Calls)));

        var report = await consumer.Ask<ConsumerProtocol.Report>(new ConsumerProtocol.TakeReport(1)).WaitAsync(Runs.Patience);

        Assert.Null(report.Text);
    }

    [Fact]
    public async Task A_stop_reclaims_what_waits_and_disposes_the_consumer()
    {
        using var stuck = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var consumer = Start(Instance(() => new ScriptedConsumer(Calls, _ => Stick(stuck, release))));
        for (var i = 0; i < 4; i++) consumer.Tell(Source.Bundle(0));
        Assert.True(stuck.Wait(Runs.Patience));

        consumer.Tell(PoisonPill.Instance);
        release.Set();

        await Threads.Eventually(() => Source.Pool.Outstanding == 0 && Calls.Of("dispose") == 1);
        Assert.Equal((1, 3), (Source.Lost.DeliveredTally.Packets, Source.Lost.DroppedTally(DropReason.ConsumerStopped).Packets));
    }

    [Fact]
    public async Task A_message_it_does_not_know_is_unhandled_and_does_no_harm()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));
        var consumer = Start(Instance(new ScriptedConsumer(Calls)));

        consumer.Tell("what is this");

        ExpectMsg<Akka.Event.UnhandledMessage>();
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => Source.Lost.DeliveredTally.Packets == 1);
    }

    private static void Stick(ManualResetEventSlim stuck, ManualResetEventSlim release)
    {
        stuck.Set();
        release.Wait(Runs.Patience);
    }
}
