using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Delivery;

/// <summary>The end of a consumer: it completes after its last bundle, and waits for a device, but not for ever.</summary>
public sealed class ConsumerCompletionSpecs : OneConsumer
{
    [Fact]
    public async Task Complete_comes_once_and_after_the_last_bundle()
    {
        var consumer = Start(Instance(new ScriptedConsumer(Calls)));
        for (var i = 0; i < 50; i++) consumer.Tell(Source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Complete.Instance);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(Enumerable.Repeat("consume", 50).Append("complete"), Calls.Calls);
        await TimePasses(consumer, 1000);
        Root.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Complete_in_the_middle_of_a_back_off_does_not_wait_for_it()
    {
        var instance = Instance(() => new ScriptedConsumer(Calls, _ => CrashWhile(true)));
        var consumer = Start(instance);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(Source.Bundle(0, 0));

        consumer.Tell(ConsumerProtocol.Complete.Instance);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(3, Source.Lost.DroppedTally(DropReason.ConsumerFailed).Packets);
        Assert.Equal(0, Source.Pool.Outstanding);
    }

    [Theory]
    [InlineData(ConsumerKind.Bypass)]
    [InlineData(ConsumerKind.AfPacket)]
    [InlineData(ConsumerKind.Stack)]
    public void A_consumer_whose_Complete_throws_has_completed_all_the_same(ConsumerKind kind)
    {
        var consumer = Start(Instance(() => new ScriptedConsumer(Calls, onComplete: () => CrashWhile(true)), kind));
        consumer.Tell(Source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Complete.Instance);

        Root.FishForMessage(m => m is ConsumerProtocol.Completed);
        Assert.Equal(1, Calls.Of("complete"));
    }

    [Fact]
    public async Task Completion_waits_for_what_a_device_still_sends()
    {
        var device = new HoldingConsumer();
        var consumer = Start(Instance(device));
        consumer.Tell(Source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Complete.Instance);
        await Threads.Eventually(() => device.InFlight == 1);
        Root.ExpectNoMsg(TimeSpan.Zero);
        await TimePasses(consumer, 250);
        await TimePasses(consumer, 250);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(1, Source.Lost.DeliveredTally.Packets);
    }

    [Fact]
    public async Task Completion_does_not_wait_for_a_device_for_ever()
    {
        var device = new HoldingConsumer { IsStuck = true };
        var consumer = Start(Instance(device));
        consumer.Tell(Source.Bundle(0));
        consumer.Tell(ConsumerProtocol.Complete.Instance);

        for (var i = 0; i < 10; i++) await TimePasses(consumer, 250);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        consumer.Tell(PoisonPill.Instance);
        await Threads.Eventually(() => Source.Pool.Outstanding == 0);
        Assert.Equal(1, Source.Lost.DroppedTally(DropReason.Shutdown).Packets);
    }

    [Fact]
    public void An_output_that_failed_completes_without_being_asked_to_finish_its_file()
    {
        var consumer = Start(Instance(() => new ScriptedConsumer(Calls, _ => throw new OutputException("out.pcap", "on order")), ConsumerKind.AfPacket));
        consumer.Tell(Source.Bundle(0));
        Root.ExpectMsg<ConsumerProtocol.OutputFailed>();

        consumer.Tell(ConsumerProtocol.Complete.Instance);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(0, Calls.Of("complete"));
    }
}
