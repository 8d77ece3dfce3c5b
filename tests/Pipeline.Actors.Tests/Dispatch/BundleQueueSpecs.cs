using System.Diagnostics;
using Akka.Actor;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Dispatch;

public sealed class BundleQueueSpecs : IDisposable
{
    private readonly PacketSource _source = PacketSource.OneToAPage();
    private readonly BundleQueue _queue = new(64);

    public void Dispose() => _source.Dispose();

    [Fact]
    public void Control_comes_before_bundles()
    {
        Put(_source.Bundle(0));
        Put("control");

        Assert.Equal("control", Next());
        Assert.IsType<BundleDrain>(Next());
    }

    [Fact]
    public void Many_bundles_are_one_message()
    {
        for (var i = 0; i < 3; i++) Put(_source.Bundle(0));

        Assert.Equal(3, Taken((BundleDrain)Next()!));
        Assert.Null(Next());
    }

    [Fact]
    public void The_message_for_bundles_is_always_the_same()
    {
        Put(_source.Bundle(0));

        Assert.Same(Next(), Next());
    }

    [Fact]
    public void A_turn_is_bounded_and_the_next_goes_on()
    {
        for (var i = 0; i < 40; i++) Put(_source.Bundle(0));
        var drain = (BundleDrain)Next()!;

        Assert.Equal(BundleDrain.Turn, Taken(drain));
        Assert.True(drain.IsMore);
        Assert.Equal(40 - BundleDrain.Turn, Taken(drain));
        Assert.False(drain.IsMore);
    }

    [Fact]
    public void Control_interrupts_a_turn()
    {
        for (var i = 0; i < 3; i++) Put(_source.Bundle(0));
        var drain = (BundleDrain)Next()!;
        drain.Begin();
        TakeOne(drain);

        Put("control");

        Assert.False(drain.TryNext(out _));
        Assert.Equal("control", Next());
        Assert.Equal(2, Taken(drain));
    }

    [Fact]
    public void A_gate_holds_bundles_back_and_lets_control_through()
    {
        Put(_source.Bundle(0));
        _queue.Gate(closed: true);
        Put("control");

        Assert.Equal("control", Next());
        Assert.Null(Next());
        Assert.True(_queue.HoldsBundles);
    }

    [Fact]
    public void A_gated_queue_does_not_claim_messages_or_its_thread_would_spin()
    {
        Put(_source.Bundle(0));

        _queue.Gate(closed: true);

        Assert.False(_queue.HasMessages);
    }

    [Fact]
    public void An_opened_gate_gives_the_bundles_that_waited()
    {
        _queue.Gate(closed: true);
        Put(_source.Bundle(0));

        _queue.Gate(closed: false);

        Assert.Equal(1, Taken((BundleDrain)Next()!));
    }

    [Fact]
    public void A_gate_that_closes_in_the_middle_of_a_turn_ends_it()
    {
        for (var i = 0; i < 2; i++) Put(_source.Bundle(0));
        var drain = (BundleDrain)Next()!;
        drain.Begin();
        TakeOne(drain);

        _queue.Gate(closed: true);

        Assert.False(drain.TryNext(out _));
    }

    [Fact]
    public void A_full_ring_counts_the_newcomer_and_sends_its_pages_home()
    {
        var small = new BundleQueue(2);

        for (var i = 0; i < 3; i++) small.Enqueue(ActorRefs.Nobody, new Envelope(_source.Bundle(0, 0), ActorRefs.NoSender));

        Assert.Equal(2, _source.Lost.DroppedTally(DropReason.MailboxFull).Packets);
        Assert.Equal(4, _source.Pool.Outstanding);
        Assert.Equal(2, small.Depth);
    }

    [Fact]
    public void The_most_bundles_that_waited_are_remembered()
    {
        for (var i = 0; i < 5; i++) Put(_source.Bundle(0));

        Taken((BundleDrain)Next()!);

        Assert.Equal((0, 5), (_queue.Depth, _queue.HighWater));
    }

    [Fact]
    public void The_age_is_that_of_the_bundle_that_waits_first()
    {
        Assert.Equal(TimeSpan.Zero, _queue.OldestAge);
        foreach (var secondsAgo in (int[])[100, 10]) Put(Begun(secondsAgo));

        Assert.InRange(_queue.OldestAge, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(100) + Runs.Patience);
        _queue.TryTake(out var first);
        Assert.InRange(_queue.OldestAge, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10) + Runs.Patience);

        first!.Dispose();
        CleanUp();
        Assert.Equal(TimeSpan.Zero, _queue.OldestAge);
    }

    [Fact]
    public async Task The_age_that_others_read_is_never_one_of_a_bundle_that_is_gone()
    {
        // Bundles are begun at 1 to 8 and nothing else; one that is back in its pool would say 0.
        var ring = new BundleRing(4);
        var going = true;
        var reading = Threads.Start(() =>
        {
            var wrong = 0;
            while (Volatile.Read(ref going)) wrong += ring.OldestStartedAt is null or (>= 1 and <= 8) ? 0 : 1;
            return wrong;
        });

        for (var i = 0; i < 200_000; i++)
        {
            var bundle = _source.Empty(i);
            bundle.StartedAt = 1 + (i % 8);
            ring.TryEnqueue(bundle);
            ring.TryDequeue(out var taken);
            taken!.Dispose();
        }

        Volatile.Write(ref going, false);
        Assert.Equal(0, await reading);
    }

    [Fact]
    public void Cleaning_up_reclaims_what_waits()
    {
        _queue.ReclaimReason = DropReason.ConsumerStopped;
        for (var i = 0; i < 3; i++) Put(_source.Bundle(0));

        CleanUp();

        Assert.Equal(3, _source.Lost.DroppedTally(DropReason.ConsumerStopped).Packets);
        Assert.True(_source.Ledger.Read().BalancesAtRest);
    }

    [Fact]
    public void Cleaning_up_reclaims_behind_a_gate_too()
    {
        _queue.Gate(closed: true);
        Put(_source.Bundle(0));

        CleanUp();

        Assert.True(_source.Ledger.Read().BalancesAtRest);
    }

    [Fact]
    public void Cleaning_up_leaves_control_to_the_dead_letters()
    {
        var dead = new BundleQueue(2);
        Put("control");

        _queue.CleanUp(ActorRefs.Nobody, dead);

        Assert.True(dead.HasControl);
    }

    [Fact]
    public void What_is_put_in_after_the_clean_up_is_reclaimed_at_once()
    {
        CleanUp();

        Put(_source.Bundle(0));

        Assert.Equal(1, _source.Lost.DroppedTally(DropReason.DeadLetter).Packets);
        Assert.True(_source.Ledger.Read().BalancesAtRest);
    }

    private PageBundle Begun(int secondsAgo)
    {
        var bundle = _source.Bundle(0);
        bundle.StartedAt = Stopwatch.GetTimestamp() - (secondsAgo * Stopwatch.Frequency);
        return bundle;
    }

    private void Put(object message) => _queue.Enqueue(ActorRefs.Nobody, new Envelope(message, ActorRefs.NoSender));

    private object? Next() => _queue.TryDequeue(out var envelope) ? envelope.Message : null;

    private void CleanUp() => _queue.CleanUp(ActorRefs.Nobody, new BundleQueue(2));

    private static int Taken(BundleDrain drain)
    {
        var taken = 0;
        drain.Begin();
        while (TakeOne(drain)) taken++;
        return taken;
    }

    private static bool TakeOne(BundleDrain drain)
    {
        if (!drain.TryNext(out PageBundle? bundle)) return false;
        bundle!.Dispose();
        return true;
    }
}
