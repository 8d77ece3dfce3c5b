using Akka.Actor;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Actors.Tests.Delivery;

/// <summary>A consumer that fails: how long it is gated, and when it is made anew.</summary>
public sealed class ConsumerBackoffSpecs : OneConsumer
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(3, 400)]
    [InlineData(7, 6_400)]
    [InlineData(8, 10_000)]
    [InlineData(1_000_000, 10_000)]
    public void Back_off_doubles_up_to_its_limit(int failures, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Backoff.After(failures));

    [Fact]
    public async Task After_a_failure_bundles_wait_for_the_back_off_to_pass()
    {
        var crashes = 1;
        var instance = Instance(() => new ScriptedConsumer(Calls, _ => CrashWhile(Interlocked.Decrement(ref crashes) >= 0)));
        var consumer = Start(instance);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(Source.Bundle(0, 0));

        await TimePasses(consumer, 99);
        Assert.Equal(["consume", "dispose"], Calls.Calls);

        await TimePasses(consumer, 1);
        await Threads.Eventually(() => Source.Pool.Outstanding == 0);
        Assert.Equal((1, 2), (Source.Lost.DroppedTally(DropReason.ConsumerFailed).Packets, Source.Lost.DeliveredTally.Packets));
    }

    [Fact]
    public async Task The_second_failure_is_waited_for_twice_as_long()
    {
        var instance = Instance(() => new ScriptedConsumer(Calls, _ => CrashWhile(true)));
        var consumer = Start(instance);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        await TimePasses(consumer, 100);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 2);
        consumer.Tell(Source.Bundle(0));

        await TimePasses(consumer, 199);
        Assert.Equal(2, instance.Figures.Restarts);

        await TimePasses(consumer, 1);
        await Threads.Eventually(() => instance.Figures.Restarts == 3);
    }

    [Fact]
    public async Task A_failure_after_a_time_of_health_is_waited_for_no_longer_than_the_first()
    {
        var instance = Instance(() => new ScriptedConsumer(Calls, _ => CrashWhile(true)));
        var consumer = Start(instance);
        for (var failure = 1; failure <= 10; failure++)
        {
            consumer.Tell(Source.Bundle(0));
            await Threads.Eventually(() => instance.Figures.Restarts == failure);
            await TimePasses(consumer, 100);
            Assert.NotNull(instance.Figures.Current);
            await TimePasses(consumer, 100);
        }
    }

    [Fact]
    public async Task Restarted_it_is_another_one_and_no_bundle_is_lost()
    {
        var instance = Instance(() => new ScriptedConsumer(Calls));
        var consumer = Start(instance);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => Calls.Of("consume") == 1);

        consumer.Tell(ConsumerProtocol.Restart.Instance);
        consumer.Tell(Source.Bundle(0));

        await Threads.Eventually(() => Source.Lost.DeliveredTally.Packets == 2);
        Assert.Equal(["consume", "dispose", "consume"], Calls.Calls);
        Assert.Equal(1, instance.Figures.Restarts);
    }

    [Fact]
    public async Task Restarted_by_hand_it_does_not_wait_for_its_back_off()
    {
        var crashes = 1;
        var instance = Instance(() => new ScriptedConsumer(Calls, _ => CrashWhile(Interlocked.Decrement(ref crashes) >= 0)));
        var consumer = Start(instance);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(Source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Restart.Instance);

        await Threads.Eventually(() => Source.Lost.DeliveredTally.Packets == 1);
    }

    [Fact]
    public async Task A_consumer_that_cannot_be_made_is_tried_again_after_the_back_off()
    {
        var tries = 0;
        var instance = Instance(() => Interlocked.Increment(ref tries) == 1 ? throw new InvalidOperationException("not yet") : new ScriptedConsumer(Calls));
        var consumer = Start(instance);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);

        await TimePasses(consumer, 100);

        await Threads.Eventually(() => Source.Lost.DeliveredTally.Packets == 1);
    }

    [Fact]
    public async Task A_handler_whose_flush_throws_is_restarted()
    {
        var instance = Instance(() => new ScriptedConsumer(Calls, onFlush: () => CrashWhile(true)));
        var consumer = Start(instance);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => Calls.Of("consume") == 1);

        await TimePasses(consumer, 250);

        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        await TimePasses(consumer, 100);
        consumer.Tell(Source.Bundle(0));
        await Threads.Eventually(() => Source.Lost.DeliveredTally.Packets == 2);
    }
}
