using Akka.Actor;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Actors.Tests.Dispatch;

/// <summary>The moment that mailboxes are easily wrong about: one thread tells while another stops.</summary>
public sealed class TellAgainstStopSpecs : IDisposable
{
    private const int Stops = 500;
    private const int BundlesToAStop = 40;

    private readonly ActorSystem _system = ActorSystem.Create("stops", EmbeddedConfig.Load());
    private readonly PacketSource _source = PacketSource.OneToAPage(pages: Stops * BundlesToAStop);

    public void Dispose()
    {
        _system.Dispose();
        _source.Dispose();
    }

    [Fact]
    public async Task However_they_meet_every_bundle_is_counted_and_its_pages_come_home()
    {
        _system.ActorOf(BundleReclaimer.Props(), "reclaimer");

        for (var i = 0; i < Stops; i++) await TellAndStop(i);

        await Threads.Eventually(() => _source.Ledger.Read().BalancesAtRest);
        Assert.Equal(Stops * BundlesToAStop, _source.Received.Received.Packets);
    }

    /// <summary>
    /// Many producers, and stops at moments that a seed chooses. PIPELINE_LONG_TESTS=1 makes it 2000 stops and 70 million bundles,
    /// which takes minutes.
    /// </summary>
    [Fact]
    public async Task Of_what_several_threads_tell_while_it_stops_nothing_is_lost()
    {
        const int Producers = 2;
        var (stops, bundles) = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? (2_000, 17_500) : (100, 200);
        var sources = Enumerable.Range(0, Producers).Select(_ => PacketSource.OneToAPage(pages: 512)).ToList();
        var random = new Random(70);
        _system.ActorOf(BundleReclaimer.Props(), "reclaimer");

        for (var i = 0; i < stops; i++)
        {
            var sink = StartSink();
            var told = new long[1];
            var producers = sources.Select(source => Threads.Start(() => TellMany(source, sink, bundles, told))).ToList();
            var moment = random.NextInt64(Producers * bundles);
            await Threads.Start(() => SpinWait.SpinUntil(() => Interlocked.Read(ref told[0]) >= moment, Runs.Patience));
            _system.Stop(sink);
            await Task.WhenAll(producers).WaitAsync(Runs.Patience);
        }

        await Threads.Eventually(() => sources.TrueForAll(s => s.Ledger.Read().BalancesAtRest));
        Assert.Equal((long)stops * Producers * bundles, sources.Sum(s => s.Received.Received.Packets));
        foreach (var source in sources) source.Dispose();
    }

    [Fact]
    public async Task An_actor_that_needs_the_mailbox_and_got_another_is_not_made()
    {
        var watched = _system.ActorOf(Props.Create(() => new BundleSink()).WithDispatcher(DispatcherIds.Delivery));

        await Assert.ThrowsAsync<ActorNotFoundException>(async () =>
        {
            await watched.WatchAsync().WaitAsync(Runs.Patience);
            await _system.ActorSelection(watched.Path).ResolveOne(Runs.Patience);
        });
    }

    private async Task TellAndStop(int round)
    {
        var sink = StartSink();
        using var under = new ManualResetEventSlim();
        var producer = Threads.Start(() => Tell(sink, under));
        under.Wait(Runs.Patience);

        // Each round stops at another moment of the telling.
        Thread.SpinWait(round * 10);
        _system.Stop(sink);
        await producer.WaitAsync(Runs.Patience);
    }

    private IActorRef StartSink() =>
        _system.ActorOf(Props.Create(() => new BundleSink()).WithDispatcher(DispatcherIds.Delivery).WithMailbox(BundleMailbox.Id));

    /// <summary>As a queue does: without a free page it waits for one.</summary>
    private static bool TellMany(PacketSource source, IActorRef sink, int bundles, long[] told)
    {
        for (var i = 0; i < bundles; i++)
        {
            while (source.Pool.Outstanding == source.Pool.PageCount) Thread.Yield();
            sink.Tell(source.Bundle(0), ActorRefs.NoSender);
            Interlocked.Increment(ref told[0]);
        }

        return true;
    }

    private bool Tell(IActorRef sink, ManualResetEventSlim under)
    {
        for (var i = 0; i < BundlesToAStop; i++)
        {
            sink.Tell(_source.Bundle(0), ActorRefs.NoSender);
            if (i == 0) under.Set();
        }

        return true;
    }

    private sealed class BundleSink : UntypedActor
    {
        public BundleSink() => BundleQueue.Of(Context).ReclaimReason = DropReason.ConsumerStopped;

        protected override void OnReceive(object message)
        {
            if (message is not BundleDrain drain)
            {
                Unhandled(message);
                return;
            }

            drain.Begin();
            while (drain.TryNext(out var bundle)) bundle!.Dispose();
        }
    }
}
