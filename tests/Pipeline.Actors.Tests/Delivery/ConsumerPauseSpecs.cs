using Akka.Actor;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests.Delivery;

/// <summary>A consumer that is paused and resumed, in the middle of a back-off too.</summary>
public sealed class ConsumerPauseSpecs : OneConsumer
{
    [Fact]
    public async Task Paused_it_takes_nothing_and_resumed_it_takes_what_waited()
    {
        var instance = Instance(new ScriptedConsumer(Calls));
        var consumer = Start(instance);
        consumer.Tell(ConsumerProtocol.Pause.Instance);
        consumer.Tell(Source.Bundle(0));
        consumer.Tell(Source.Bundle(0, 0));
        await TimePasses(consumer, 1000);
        Assert.Equal((true, 2, 0), (instance.Figures.IsPaused, instance.Figures.Mailbox!.Depth, Calls.Of("consume")));

        consumer.Tell(ConsumerProtocol.Resume.Instance);

        await Threads.Eventually(() => Source.Pool.Outstanding == 0);
        Assert.Equal((false, 3), (instance.Figures.IsPaused, Source.Lost.DeliveredTally.Packets));
    }

    [Fact]
    public async Task A_pause_outlasts_a_back_off()
    {
        var crashes = 1;
        var instance = Instance(() => new ScriptedConsumer(Calls, _ => CrashWhile(Interlocked.Decrement(ref crashes) >= 0)));
        var consumer = Start(instance);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(ConsumerProtocol.Pause.Instance);
        consumer.Tell(Source.Bundle(0));

        await TimePasses(consumer, 100);
        Assert.Equal(1, Calls.Of("consume"));

        consumer.Tell(ConsumerProtocol.Resume.Instance);
        await Threads.Eventually(() => Source.Lost.DeliveredTally.Packets == 1);
    }

    [Fact]
    public async Task Resuming_does_not_cut_a_back_off_short()
    {
        var instance = Instance(() => new ScriptedConsumer(Calls, _ => CrashWhile(true)));
        var consumer = Start(instance);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(Source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Resume.Instance);

        await TimePasses(consumer, 99);
        Assert.Equal(1, Calls.Of("consume"));
    }

    [Fact]
    public async Task Paused_with_bundles_waiting_it_completes_only_once_resumed()
    {
        var consumer = Start(Instance(new ScriptedConsumer(Calls)));
        consumer.Tell(ConsumerProtocol.Pause.Instance);
        consumer.Tell(Source.Bundle(0));
        consumer.Tell(ConsumerProtocol.Complete.Instance);
        await TimePasses(consumer, 1000);
        Root.ExpectNoMsg(TimeSpan.Zero);

        consumer.Tell(ConsumerProtocol.Resume.Instance);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(["consume", "complete"], Calls.Calls);
    }
}
