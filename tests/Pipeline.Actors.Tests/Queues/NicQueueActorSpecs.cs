using Akka.Actor;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Queues;

/// <summary>From the first poll to the end, with a source that is always there.</summary>
public sealed class NicQueueActorSpecs : OneQueue
{
    public NicQueueActorSpecs()
        : base(Silent)
    {
    }

    [Fact]
    public async Task Every_packet_is_counted_and_sent_on_and_the_end_is_told_once()
    {
        Start(new FakeNic(100), bundlePackets: 40);

        Assert.Equal([40, 40, 20], Enumerable.Range(0, 3).Select(_ => Next().Count));
        Assert.Same(Cell, Root.ExpectMsg<QueueProtocol.Ended>().Queue);
        Assert.Equal(100, Cell.Account.Received.Packets);
        Queue.Tell(QueueProtocol.Drain.Instance);
        Queue.Tell(QueueProtocol.Wake.Instance);
        await Answered(Queue);
        Root.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Without_a_free_page_it_sleeps_and_the_first_that_comes_home_wakes_it()
    {
        Start(new FakeNic(24, pageBytes: 512, pages: 2), bundlePackets: 8);
        Assert.Equal((8, 8), (Next().Count, Next().Count));
        await Sleeps();

        LetGo();

        Assert.Equal(8, Next().Count);
        Root.ExpectMsg<QueueProtocol.Ended>();
    }

    [Fact]
    public async Task With_nothing_on_the_wire_it_sleeps_until_the_device_calls()
    {
        var nic = new FakeNic(8);
        nic[0].IsSilent = true;
        Start(nic, bundlePackets: 8);
        await Sleeps();

        nic[0].IsSilent = false;

        Assert.Equal(8, Next().Count);
        Root.ExpectMsg<QueueProtocol.Ended>();
    }

    [Fact]
    public void One_call_too_many_does_no_harm()
    {
        var nic = new FakeNic(8);
        nic[0].IsSilent = true;
        Start(nic, bundlePackets: 8);

        for (var i = 0; i < 3; i++) Queue.Tell(QueueProtocol.Wake.Instance);
        nic[0].IsSilent = false;
        Queue.Tell(QueueProtocol.Wake.Instance);

        Assert.Equal(8, Next().Count);
        Root.ExpectMsg<QueueProtocol.Ended>();
    }

    [Fact]
    public async Task A_router_that_is_behind_stops_it_before_the_mailbox_is_full_however_small_the_bundles_are()
    {
        Start(new FakeNic(4 * PagePool.MostDeviceBundles, pageBytes: 1 << 20), bundlePackets: 1);
        while (Kept.Count < PagePool.MostDeviceBundles) Next();
        await Sleeps();

        LetGo();

        Assert.Equal(1, Next().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_fault_ends_it_behind_the_last_packet_that_came_before(bool withPacketsInHand)
    {
        var nic = new FakeNic(1000);
        nic[0].Fault = (10, new IOException("on order"));
        nic[0].FailsWithPacketsInHand = withPacketsInHand;
        Start(nic, bundlePackets: 8);

        Assert.Equal((8, 2), (Next().Count, Next().Count));
        Root.ExpectMsg<QueueProtocol.Ended>();
        Assert.Equal(("on order", 10), (Cell.Fault?.Message, Cell.Account.Received.Packets));
    }

    [Fact]
    public async Task A_drain_ends_it_also_while_it_sleeps()
    {
        var nic = new FakeNic(8);
        nic[0].IsSilent = true;
        Start(nic, bundlePackets: 8);

        Queue.Tell(QueueProtocol.Drain.Instance);

        Root.ExpectMsg<QueueProtocol.Ended>();
        nic[0].IsSilent = false;
        await Sleeps();
    }

    [Fact]
    public void A_message_it_does_not_know_is_unhandled_and_does_no_harm()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));
        var nic = new FakeNic(8);
        nic[0].IsSilent = true;
        Start(nic, bundlePackets: 8);

        Queue.Tell("what is this");

        ExpectMsg<Akka.Event.UnhandledMessage>();
        nic[0].IsSilent = false;
        Assert.Equal(8, Next().Count);
    }
}
