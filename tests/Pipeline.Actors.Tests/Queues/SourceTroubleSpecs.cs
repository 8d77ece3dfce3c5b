using Akka.Actor;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests.Queues;

/// <summary>A queue whose source is down, comes back, or is drained with packets that the device has taken.</summary>
public sealed class HappeningsSpecs : OneQueue
{
    public HappeningsSpecs()
        : base(Silent + "\n" + VirtualTime)
    {
    }

    [Fact]
    public async Task A_source_that_is_down_is_told_of_once_and_asked_again_after_pauses_that_grow_to_a_second()
    {
        var nic = new FakeNic(8);
        nic[0].Trouble = "wire0 is down";
        Start(nic, bundlePackets: 8);
        Assert.Equal("wire0 is down", Root.ExpectMsg<QueueProtocol.Troubled>().Why);

        var pauses = new List<int>();
        for (var (openings, waited) = (nic[0].Openings, 100); pauses.Count < 6; waited += 100)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Answered(Queue);
            if (nic[0].Openings == openings) continue;
            pauses.Add(waited);
            (openings, waited) = (nic[0].Openings, 0);
        }

        Assert.Equal([100, 200, 400, 800, 1000, 1000], pauses);
        Assert.Equal("wire0 is down", Cell.Trouble);
        Root.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Another_reason_is_told_too()
    {
        var nic = new FakeNic(8);
        nic[0].Trouble = "wire0 is down";
        Start(nic, bundlePackets: 8);
        Assert.Equal("wire0 is down", Root.ExpectMsg<QueueProtocol.Troubled>().Why);

        nic[0].Trouble = "there is no interface wire0";
        Time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal("there is no interface wire0", Root.ExpectMsg<QueueProtocol.Troubled>().Why);
    }

    [Fact]
    public void When_it_is_back_that_is_told_and_its_packets_come()
    {
        var nic = new FakeNic(8);
        nic[0].Trouble = "wire0 is down";
        Start(nic, bundlePackets: 8);
        Root.ExpectMsg<QueueProtocol.Troubled>();

        nic[0].Trouble = null;
        Time.Advance(TimeSpan.FromMilliseconds(100));

        Root.ExpectMsg<QueueProtocol.Recovered>();
        Assert.Equal(8, Next().Count);
        Assert.Null(Cell.Trouble);
    }

    [Fact]
    public async Task One_that_goes_down_while_nothing_comes_is_noticed_and_the_pauses_begin_anew_with_every_time()
    {
        var nic = new FakeNic(8);
        nic[0].IsSilent = true;
        Start(nic, bundlePackets: 8);
        await Sleeps();

        for (var time = 0; time < 3; time++)
        {
            nic[0].Trouble = "wire0 is down";
            Root.ExpectMsg<QueueProtocol.Troubled>();
            nic[0].Trouble = null;
            Time.Advance(TimeSpan.FromMilliseconds(100));
            Root.ExpectMsg<QueueProtocol.Recovered>();
            await Sleeps();
        }

        nic[0].IsSilent = false;
        Assert.Equal(8, Next().Count);
    }

    [Fact]
    public void A_fault_in_opening_ends_it()
    {
        var nic = new FakeNic(8);
        nic[0].OpeningFault = new IOException("no more rings");
        Start(nic, bundlePackets: 8);

        Assert.Equal("no more rings", Root.ExpectMsg<QueueProtocol.Ended>().Queue.Fault?.Message);
    }

    [Fact]
    public async Task A_device_that_cannot_say_what_it_lost_ends_the_queue_once_and_its_packets_are_counted()
    {
        var nic = new FakeNic(8);
        nic[0].LossFault = new IOException("no such socket");
        Start(nic, bundlePackets: 8);

        Assert.Equal(8, Next().Count);
        Assert.Equal("no such socket", Root.ExpectMsg<QueueProtocol.Ended>().Queue.Fault?.Message);
        Queue.Tell(QueueProtocol.Drain.Instance);
        await Answered(Queue);
        Root.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal((8, 1), (Cell.Account.Received.Packets, nic[0].Openings));
    }

    [Fact]
    public async Task A_device_that_cannot_be_drained_ends_the_queue()
    {
        var nic = new FakeNic(8);
        nic[0].IsSilent = true;
        nic[0].DrainFault = new IOException("no such socket");
        Start(nic, bundlePackets: 8);
        await Sleeps();

        Queue.Tell(QueueProtocol.Drain.Instance);

        Assert.Equal("no such socket", Root.ExpectMsg<QueueProtocol.Ended>().Queue.Fault?.Message);
    }

    [Fact]
    public void A_drain_does_not_wait_for_a_source_that_is_down()
    {
        var nic = new FakeNic(8);
        nic[0].Trouble = "wire0 is down";
        Start(nic, bundlePackets: 8);
        Root.ExpectMsg<QueueProtocol.Troubled>();

        Queue.Tell(QueueProtocol.Drain.Instance);

        Root.ExpectMsg<QueueProtocol.Ended>();
    }

    [Fact]
    public async Task Drained_it_gives_out_what_the_device_had_taken_though_that_takes_a_while()
    {
        var nic = new FakeNic(24);
        nic[0].TakesAhead = true;
        nic[0].IsSilent = true;
        Start(nic, bundlePackets: 8);
        await Sleeps();

        Queue.Tell(QueueProtocol.Drain.Instance);
        await Sleeps();
        Queue.Tell(QueueProtocol.Drain.Instance);
        nic[0].IsSilent = false;

        Assert.Equal([8, 8, 8], Enumerable.Range(0, 3).Select(_ => Next().Count));
        Root.ExpectMsg<QueueProtocol.Ended>();
    }

    [Fact]
    public async Task A_source_that_goes_down_while_it_is_drained_has_ended()
    {
        var nic = new FakeNic(24);
        nic[0].TakesAhead = true;
        nic[0].IsSilent = true;
        Start(nic, bundlePackets: 8);
        await Sleeps();
        Queue.Tell(QueueProtocol.Drain.Instance);
        await Sleeps();

        nic[0].Trouble = "there is no interface wire0";

        Root.ExpectMsg<QueueProtocol.Ended>();
    }
}
