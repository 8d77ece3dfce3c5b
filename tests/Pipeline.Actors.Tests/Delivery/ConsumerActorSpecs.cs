using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Delivery;

/// <summary>One consumer under a probe that stands for the root. Time passes only when a test says so.</summary>
public sealed class ConsumerActorSpecs : UnderARoot
{
    private readonly PacketSource _source = PacketSource.OneToAPage();
    private readonly CallLog _log = new();

    public ConsumerActorSpecs()
        : base(VirtualTime) => Root.IgnoreMessages(m => m is ConsumerProtocol.Restarting);

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
    public async Task A_bundle_is_consumed_counted_and_sent_home()
    {
        var consumer = Start(Instance(new ScriptedConsumer(_log)));

        consumer.Tell(_source.Bundle(0, 0));

        await Threads.Eventually(() => _source.Pool.Outstanding == 0);
        Assert.Equal(2, _source.Lost.DeliveredTally.Packets);
    }

    [Fact]
    public async Task The_flush_tick_flushes_what_was_consumed_since_the_last_and_only_then()
    {
        var consumer = Start(Instance(new ScriptedConsumer(_log)));
        await TimePasses(consumer, 1000);
        Assert.Equal(0, _log.Of("flush"));

        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _log.Of("consume") == 1);
        await TimePasses(consumer, 250);
        Assert.Equal(1, _log.Of("flush"));

        await TimePasses(consumer, 1000);
        Assert.Equal(1, _log.Of("flush"));
    }

    [Fact]
    public async Task After_a_failure_bundles_wait_for_the_back_off_to_pass()
    {
        var crashes = 1;
        var instance = Instance(() => new ScriptedConsumer(_log, _ => CrashWhile(Interlocked.Decrement(ref crashes) >= 0)));
        var consumer = Start(instance);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(_source.Bundle(0, 0));

        await TimePasses(consumer, 99);
        Assert.Equal(["consume", "dispose"], _log.Calls);

        await TimePasses(consumer, 1);
        await Threads.Eventually(() => _source.Pool.Outstanding == 0);
        Assert.Equal((1, 2), (_source.Lost.DroppedTally(DropReason.ConsumerFailed).Packets, _source.Lost.DeliveredTally.Packets));
    }

    [Fact]
    public async Task The_second_failure_is_waited_for_twice_as_long()
    {
        var instance = Instance(() => new ScriptedConsumer(_log, _ => CrashWhile(true)));
        var consumer = Start(instance);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        await TimePasses(consumer, 100);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 2);
        consumer.Tell(_source.Bundle(0));

        await TimePasses(consumer, 199);
        Assert.Equal(2, instance.Figures.Restarts);

        await TimePasses(consumer, 1);
        await Threads.Eventually(() => instance.Figures.Restarts == 3);
    }

    [Fact]
    public async Task A_failure_after_a_time_of_health_is_waited_for_no_longer_than_the_first()
    {
        var instance = Instance(() => new ScriptedConsumer(_log, _ => CrashWhile(true)));
        var consumer = Start(instance);
        for (var failure = 1; failure <= 10; failure++)
        {
            consumer.Tell(_source.Bundle(0));
            await Threads.Eventually(() => instance.Figures.Restarts == failure);
            await TimePasses(consumer, 100);
            Assert.NotNull(instance.Figures.Current);
            await TimePasses(consumer, 100);
        }
    }

    [Fact]
    public async Task Paused_it_takes_nothing_and_resumed_it_takes_what_waited()
    {
        var instance = Instance(new ScriptedConsumer(_log));
        var consumer = Start(instance);
        consumer.Tell(ConsumerProtocol.Pause.Instance);
        consumer.Tell(_source.Bundle(0));
        consumer.Tell(_source.Bundle(0, 0));
        await TimePasses(consumer, 1000);
        Assert.Equal((true, 2, 0), (instance.Figures.IsPaused, instance.Figures.Mailbox!.Depth, _log.Of("consume")));

        consumer.Tell(ConsumerProtocol.Resume.Instance);

        await Threads.Eventually(() => _source.Pool.Outstanding == 0);
        Assert.Equal((false, 3), (instance.Figures.IsPaused, _source.Lost.DeliveredTally.Packets));
    }

    [Fact]
    public async Task A_pause_outlasts_a_back_off()
    {
        var crashes = 1;
        var instance = Instance(() => new ScriptedConsumer(_log, _ => CrashWhile(Interlocked.Decrement(ref crashes) >= 0)));
        var consumer = Start(instance);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(ConsumerProtocol.Pause.Instance);
        consumer.Tell(_source.Bundle(0));

        await TimePasses(consumer, 100);
        Assert.Equal(1, _log.Of("consume"));

        consumer.Tell(ConsumerProtocol.Resume.Instance);
        await Threads.Eventually(() => _source.Lost.DeliveredTally.Packets == 1);
    }

    [Fact]
    public async Task Resuming_does_not_cut_a_back_off_short()
    {
        var instance = Instance(() => new ScriptedConsumer(_log, _ => CrashWhile(true)));
        var consumer = Start(instance);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(_source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Resume.Instance);

        await TimePasses(consumer, 99);
        Assert.Equal(1, _log.Of("consume"));
    }

    [Fact]
    public async Task Paused_with_bundles_waiting_it_completes_only_once_resumed()
    {
        var consumer = Start(Instance(new ScriptedConsumer(_log)));
        consumer.Tell(ConsumerProtocol.Pause.Instance);
        consumer.Tell(_source.Bundle(0));
        consumer.Tell(ConsumerProtocol.Complete.Instance);
        await TimePasses(consumer, 1000);
        Root.ExpectNoMsg(TimeSpan.Zero);

        consumer.Tell(ConsumerProtocol.Resume.Instance);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(["consume", "complete"], _log.Calls);
    }

    [Fact]
    public async Task Restarted_it_is_another_one_and_no_bundle_is_lost()
    {
        var instance = Instance(() => new ScriptedConsumer(_log));
        var consumer = Start(instance);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _log.Of("consume") == 1);

        consumer.Tell(ConsumerProtocol.Restart.Instance);
        consumer.Tell(_source.Bundle(0));

        await Threads.Eventually(() => _source.Lost.DeliveredTally.Packets == 2);
        Assert.Equal(["consume", "dispose", "consume"], _log.Calls);
        Assert.Equal(1, instance.Figures.Restarts);
    }

    [Fact]
    public async Task Restarted_by_hand_it_does_not_wait_for_its_back_off()
    {
        var crashes = 1;
        var instance = Instance(() => new ScriptedConsumer(_log, _ => CrashWhile(Interlocked.Decrement(ref crashes) >= 0)));
        var consumer = Start(instance);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(_source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Restart.Instance);

        await Threads.Eventually(() => _source.Lost.DeliveredTally.Packets == 1);
    }

    [Fact]
    public async Task An_output_is_not_restarted_for_it_would_write_over_its_file()
    {
        var instance = Instance(() => new ScriptedConsumer(_log), ConsumerKind.AfPacket);
        var consumer = Start(instance);

        consumer.Tell(ConsumerProtocol.Restart.Instance);

        await TimePasses(consumer, 0);
        Assert.Equal((0, 0), (_log.Of("dispose"), instance.Figures.Restarts));
    }

    [Fact]
    public async Task A_consumer_that_cannot_be_made_is_tried_again_after_the_back_off()
    {
        var tries = 0;
        var instance = Instance(() => Interlocked.Increment(ref tries) == 1 ? throw new InvalidOperationException("not yet") : new ScriptedConsumer(_log));
        var consumer = Start(instance);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);

        await TimePasses(consumer, 100);

        await Threads.Eventually(() => _source.Lost.DeliveredTally.Packets == 1);
    }

    [Fact]
    public async Task Complete_comes_once_and_after_the_last_bundle()
    {
        var consumer = Start(Instance(new ScriptedConsumer(_log)));
        for (var i = 0; i < 50; i++) consumer.Tell(_source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Complete.Instance);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(Enumerable.Repeat("consume", 50).Append("complete"), _log.Calls);
        await TimePasses(consumer, 1000);
        Root.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Complete_in_the_middle_of_a_back_off_does_not_wait_for_it()
    {
        var instance = Instance(() => new ScriptedConsumer(_log, _ => CrashWhile(true)));
        var consumer = Start(instance);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        consumer.Tell(_source.Bundle(0, 0));

        consumer.Tell(ConsumerProtocol.Complete.Instance);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(3, _source.Lost.DroppedTally(DropReason.ConsumerFailed).Packets);
        Assert.Equal(0, _source.Pool.Outstanding);
    }

    [Theory]
    [InlineData(ConsumerKind.Bypass)]
    [InlineData(ConsumerKind.AfPacket)]
    [InlineData(ConsumerKind.Stack)]
    public void A_consumer_whose_Complete_throws_has_completed_all_the_same(ConsumerKind kind)
    {
        var consumer = Start(Instance(() => new ScriptedConsumer(_log, onComplete: () => CrashWhile(true)), kind));
        consumer.Tell(_source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Complete.Instance);

        Root.FishForMessage(m => m is ConsumerProtocol.Completed);
        Assert.Equal(1, _log.Of("complete"));
    }

    [Fact]
    public async Task An_output_that_fails_says_so_once_and_loses_what_comes_after_with_its_reason()
    {
        var instance = Instance(() => new ScriptedConsumer(_log, _ => throw new OutputException("out.pcap", "on order")), ConsumerKind.AfPacket);
        var consumer = Start(instance);

        for (var i = 0; i < 3; i++) consumer.Tell(_source.Bundle(0));

        await Threads.Eventually(() => _source.Pool.Outstanding == 0);
        Assert.IsType<OutputException>(Root.ExpectMsg<ConsumerProtocol.OutputFailed>().Error);
        Root.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(3, _source.Lost.DroppedTally(DropReason.OutputError).Packets);
        Assert.Equal((1, 0), (_log.Of("consume"), instance.Figures.Restarts));
    }

    [Fact]
    public async Task An_output_whose_flush_fails_has_failed()
    {
        var consumer = Start(Instance(() => new ScriptedConsumer(_log, onFlush: () => throw new OutputException("out.pcap", "on order")), ConsumerKind.AfPacket));
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _log.Of("consume") == 1);

        await TimePasses(consumer, 250);

        Root.ExpectMsg<ConsumerProtocol.OutputFailed>();
    }

    [Fact]
    public async Task A_handler_whose_flush_throws_is_restarted()
    {
        var instance = Instance(() => new ScriptedConsumer(_log, onFlush: () => CrashWhile(true)));
        var consumer = Start(instance);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _log.Of("consume") == 1);

        await TimePasses(consumer, 250);

        await Threads.Eventually(() => instance.Figures.Restarts == 1);
        await TimePasses(consumer, 100);
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _source.Lost.DeliveredTally.Packets == 2);
    }

    [Fact]
    public async Task A_consumer_that_takes_bundles_over_owns_them_until_it_is_through()
    {
        var device = new HoldingConsumer();
        var consumer = Start(Instance(device));
        consumer.Tell(_source.Bundle(0, 0));
        await Threads.Eventually(() => device.InFlight == 1);
        Assert.Equal((2, 0), (_source.Pool.Outstanding, _source.Lost.DeliveredTally.Packets));

        // Nothing new came: it is asked all the same, because something is on its way.
        await TimePasses(consumer, 250);
        await TimePasses(consumer, 250);

        Assert.Equal((0, 2), (_source.Pool.Outstanding, _source.Lost.DeliveredTally.Packets));
    }

    [Fact]
    public async Task Completion_waits_for_what_a_device_still_sends()
    {
        var device = new HoldingConsumer();
        var consumer = Start(Instance(device));
        consumer.Tell(_source.Bundle(0));

        consumer.Tell(ConsumerProtocol.Complete.Instance);
        await Threads.Eventually(() => device.InFlight == 1);
        Root.ExpectNoMsg(TimeSpan.Zero);
        await TimePasses(consumer, 250);
        await TimePasses(consumer, 250);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(1, _source.Lost.DeliveredTally.Packets);
    }

    [Fact]
    public async Task Completion_does_not_wait_for_a_device_for_ever()
    {
        var device = new HoldingConsumer { IsStuck = true };
        var consumer = Start(Instance(device));
        consumer.Tell(_source.Bundle(0));
        consumer.Tell(ConsumerProtocol.Complete.Instance);

        for (var i = 0; i < 10; i++) await TimePasses(consumer, 250);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        consumer.Tell(PoisonPill.Instance);
        await Threads.Eventually(() => _source.Pool.Outstanding == 0);
        Assert.Equal(1, _source.Lost.DroppedTally(DropReason.Shutdown).Packets);
    }

    [Fact]
    public async Task A_consumer_with_nothing_to_report_says_so()
    {
        var consumer = Start(Instance(new ScriptedConsumer(_log)));

        var report = await consumer.Ask<ConsumerProtocol.Report>(ConsumerProtocol.TakeReport.Instance).WaitAsync(Runs.Patience);

        Assert.Null(report.Text);
    }

    [Fact]
    public void An_output_that_failed_completes_without_being_asked_to_finish_its_file()
    {
        var consumer = Start(Instance(() => new ScriptedConsumer(_log, _ => throw new OutputException("out.pcap", "on order")), ConsumerKind.AfPacket));
        consumer.Tell(_source.Bundle(0));
        Root.ExpectMsg<ConsumerProtocol.OutputFailed>();

        consumer.Tell(ConsumerProtocol.Complete.Instance);

        Root.ExpectMsg<ConsumerProtocol.Completed>();
        Assert.Equal(0, _log.Of("complete"));
    }

    [Fact]
    public async Task A_stop_reclaims_what_waits_and_disposes_the_consumer()
    {
        using var stuck = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var consumer = Start(Instance(() => new ScriptedConsumer(_log, _ => Stick(stuck, release))));
        for (var i = 0; i < 4; i++) consumer.Tell(_source.Bundle(0));
        Assert.True(stuck.Wait(Runs.Patience));

        consumer.Tell(PoisonPill.Instance);
        release.Set();

        await Threads.Eventually(() => _source.Pool.Outstanding == 0 && _log.Of("dispose") == 1);
        Assert.Equal((1, 3), (_source.Lost.DeliveredTally.Packets, _source.Lost.DroppedTally(DropReason.ConsumerStopped).Packets));
    }

    [Fact]
    public async Task A_message_it_does_not_know_is_unhandled_and_does_no_harm()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));
        var consumer = Start(Instance(new ScriptedConsumer(_log)));

        consumer.Tell("what is this");

        ExpectMsg<Akka.Event.UnhandledMessage>();
        consumer.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _source.Lost.DeliveredTally.Packets == 1);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _source.Dispose();
    }

    private static void CrashWhile(bool wanted)
    {
        if (wanted) throw new InvalidDataException("on order");
    }

    private static void Stick(ManualResetEventSlim stuck, ManualResetEventSlim release)
    {
        stuck.Set();
        release.Wait(Runs.Patience);
    }

    private static ConsumerInstance Instance(IPacketConsumer consumer) => Instance(() => consumer);

    private static ConsumerInstance Instance(Func<IPacketConsumer> make, ConsumerKind kind = ConsumerKind.Bypass) => new()
    {
        Options = new ConsumerOptions { Name = "handler", Kind = kind },
        Id = new InstanceId("", 0),
        Context = new HandlerContext("handler"),
        Make = make,
        Account = new PacketAccount("handler", AccountKind.Consumer),
        Copies = new PacketAccount("handler", AccountKind.Copy),
    };

    private IActorRef Start(ConsumerInstance instance) => Child(ConsumerActor.Props(instance), instance.ActorName);

    private Task TimePasses(IActorRef consumer, int milliseconds) => TimePasses(consumer, TimeSpan.FromMilliseconds(milliseconds));
}
