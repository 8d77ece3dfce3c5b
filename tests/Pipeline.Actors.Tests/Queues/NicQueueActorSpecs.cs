using Akka.Actor;
using Akka.TestKit;
using Pipeline.Actors.Control;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Queues;

/// <summary>One queue of a device under a probe that stands for the root, and another for its router, which keeps what it gets.</summary>
public sealed class NicQueueActorSpecs : UnderARoot
{
    private readonly Ledger _ledger = new();
    private readonly TestProbe _router;
    private readonly List<PageBundle> _kept = [];
    private FakeNic _nic = null!;
    private QueueCell _cell = null!;
    private IActorRef _queue = null!;
    private int _receives;

    public NicQueueActorSpecs()
        : base(Silent) => _router = CreateTestProbe();

    [Fact]
    public async Task Every_packet_is_counted_and_sent_on_and_the_end_is_told_once()
    {
        Start(new FakeNic(100), bundlePackets: 40);

        Assert.Equal([40, 40, 20], Enumerable.Range(0, 3).Select(_ => Next().Count));
        Assert.Same(_cell, Root.ExpectMsg<QueueProtocol.Ended>().Queue);
        Assert.Equal(100, _cell.Account.Received.Packets);
        _queue.Tell(QueueProtocol.Drain.Instance);
        _queue.Tell(QueueProtocol.Wake.Instance);
        await Answered(_queue);
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

        for (var i = 0; i < 3; i++) _queue.Tell(QueueProtocol.Wake.Instance);
        nic[0].IsSilent = false;
        _queue.Tell(QueueProtocol.Wake.Instance);

        Assert.Equal(8, Next().Count);
        Root.ExpectMsg<QueueProtocol.Ended>();
    }

    [Fact]
    public async Task A_router_that_is_behind_stops_it_before_the_mailbox_is_full_however_small_the_bundles_are()
    {
        Start(new FakeNic(4 * PagePool.MostDeviceBundles, pageBytes: 1 << 20), bundlePackets: 1);
        while (_kept.Count < PagePool.MostDeviceBundles) Next();
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
        Assert.Equal(("on order", 10), (_cell.Fault?.Message, _cell.Account.Received.Packets));
    }

    [Fact]
    public async Task A_drain_ends_it_also_while_it_sleeps()
    {
        var nic = new FakeNic(8);
        nic[0].IsSilent = true;
        Start(nic, bundlePackets: 8);

        _queue.Tell(QueueProtocol.Drain.Instance);

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

        _queue.Tell("what is this");

        ExpectMsg<Akka.Event.UnhandledMessage>();
        nic[0].IsSilent = false;
        Assert.Equal(8, Next().Count);
    }

    protected override void AfterAll()
    {
        Assert.True(_queue.GracefulStop(Runs.Patience).GetAwaiter().GetResult());
        while (_router.HasMessages) Next();
        LetGo();
        base.AfterAll();
        Assert.Equal(0, _ledger.Read().InFlight.Packets);
        _nic.Dispose();
        Assert.Equal(0, _nic.Outstanding);
    }

    private void Start(FakeNic nic, int bundlePackets)
    {
        _nic = nic;
        var queue = nic[0];
        queue.Receiving = _ => Interlocked.Increment(ref _receives);
        _cell = new QueueCell(queue, _ledger.AddQueue(queue.Name), _ledger.AddAccount("lost", AccountKind.Stage), new BundlePool(bundlePackets), new Selection(null, null)) { Router = _router };
        _queue = Child(NicQueueActor.Props(_cell), "queue");
    }

    /// <summary>
    /// It neither asks its device any more nor has sent anything. The first question may be answered before its first poll, and the second
    /// in the middle of polling; one that polls on has done so once more at the third.
    /// </summary>
    private async Task Sleeps()
    {
        await Answered(_queue);
        await Answered(_queue);
        var receives = Volatile.Read(ref _receives);
        await Answered(_queue);
        Assert.Equal(receives, Volatile.Read(ref _receives));
        _router.ExpectNoMsg(TimeSpan.Zero);
    }

    private void LetGo()
    {
        foreach (var bundle in _kept) bundle.Dispose();
        _kept.Clear();
    }

    /// <summary>The next bundle for the router. Kept, and so are its pages, until a test disposes it.</summary>
    private PageBundle Next()
    {
        var bundle = _router.ExpectMsg<PageBundle>(Runs.Patience);
        _kept.Add(bundle);
        return bundle;
    }
}
