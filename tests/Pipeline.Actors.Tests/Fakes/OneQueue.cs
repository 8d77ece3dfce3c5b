using Akka.Actor;
using Akka.TestKit;
using Pipeline.Actors.Queues;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>One queue of a device under a probe that stands for the root, and another for its router, which keeps what it gets.</summary>
public abstract class OneQueue : UnderARoot
{
    private readonly Ledger _ledger = new();
    private FakeNic _nic = null!;
    private int _receives;

    protected OneQueue(string configuration)
        : base(configuration) => Router = CreateTestProbe();

    protected TestProbe Router { get; }

    /// <summary>What the router got and nobody has let go.</summary>
    protected List<PageBundle> Kept { get; } = [];

    protected IActorRef Queue { get; private set; } = ActorRefs.Nobody;

    private protected QueueCell Cell { get; private set; } = null!;

    protected override void AfterAll()
    {
        Assert.True(Queue.GracefulStop(Runs.Patience).GetAwaiter().GetResult());
        while (Router.HasMessages) Next();
        LetGo();
        base.AfterAll();
        Assert.Equal(0, _ledger.Read().InFlight.Packets);
        _nic.Dispose();
        Assert.Equal(0, _nic.Outstanding);
    }

    private protected void Start(FakeNic nic, int bundlePackets)
    {
        _nic = nic;
        var queue = nic[0];
        queue.Receiving = _ => Interlocked.Increment(ref _receives);
        Cell = new QueueCell(queue, _ledger.AddQueue(queue.Name), _ledger.AddAccount("lost", AccountKind.Stage), new BundlePool(bundlePackets), new Selection(null, null)) { Router = Router };
        Queue = Child(NicQueueActor.Props(Cell), "queue");
    }

    /// <summary>
    /// It neither asks its device any more nor has sent anything. The first question may be answered before its first poll, and the second
    /// in the middle of polling; one that polls on has done so once more at the third.
    /// </summary>
    protected async Task Sleeps()
    {
        await Answered(Queue);
        await Answered(Queue);
        var receives = Volatile.Read(ref _receives);
        await Answered(Queue);
        Assert.Equal(receives, Volatile.Read(ref _receives));
        Router.ExpectNoMsg(TimeSpan.Zero);
    }

    protected void LetGo()
    {
        foreach (var bundle in Kept) bundle.Dispose();
        Kept.Clear();
    }

    /// <summary>The next bundle for the router. Kept, and so are its pages, until a test disposes it.</summary>
    protected PageBundle Next()
    {
        var bundle = Router.ExpectMsg<PageBundle>(Runs.Patience);
        Kept.Add(bundle);
        return bundle;
    }
}
