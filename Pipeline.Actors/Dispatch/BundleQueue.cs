using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Dispatch.MessageQueues;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// The queue inside a <see cref="BundleMailbox"/>. It holds control messages, which always come first, and bundles in a ring. The actor
/// gets one <see cref="BundleDrain"/> message for a run of bundles, never a message per bundle.
/// </summary>
/// <remarks>
/// The mailbox reclaims its bundles. Its clean-up closes and empties it. An enqueue that puts a bundle in and then finds it closed empties
/// it too, so that a race between a Tell and a stop loses no bundle.
/// </remarks>
[DebuggerDisplay("{Depth} bundles, {_control.Count} control messages, gated {_gated}")]
internal sealed class BundleQueue : IMessageQueue
{
    private readonly ConcurrentQueue<Envelope> _control = new();
    private readonly BundleRing _ring;
    private readonly Envelope _drain;
    private volatile bool _closed;
    private volatile bool _gated;
    private long _highWater;

    public BundleQueue(int capacity)
    {
        _ring = new BundleRing(capacity);
        _drain = new Envelope(new BundleDrain(this), ActorRefs.NoSender);
    }

    /// <summary>Bundles waiting. Any thread.</summary>
    public int Depth => _ring.Count;

    /// <summary>Bundles that were taken out, since the mailbox was made. Any thread.</summary>
    public long Taken => _ring.Taken;

    /// <summary>The most bundles that were seen waiting when one was put in. Any thread.</summary>
    public int HighWater => (int)Volatile.Read(ref _highWater);

    /// <summary>
    /// How long ago the first waiting bundle was begun: its time in this queue, and at most the bundle latency before that. Zero when none
    /// waits. Any thread.
    /// </summary>
    public TimeSpan OldestAge => _ring.OldestStartedAt is { } startedAt ? Stopwatch.GetElapsedTime(startedAt) : TimeSpan.Zero;

    public bool HasControl => !_control.IsEmpty;

    /// <summary>Bundles that the actor may take now.</summary>
    public bool HasBundles => !_gated && !_ring.IsEmpty;

    /// <summary>Whether bundles wait, even behind a closed gate.</summary>
    public bool HoldsBundles => !_ring.IsEmpty;

    /// <summary>Whether bundles are held back.</summary>
    public bool IsGated => _gated;

    /// <summary>The drop reason for bundles that are reclaimed here.</summary>
    public DropReason ReclaimReason { get; set; } = DropReason.DeadLetter;

    public bool HasMessages => HasControl || HasBundles;

    public int Count => _control.Count + _ring.Count;

    /// <summary>
    /// Holds bundles back while the actor is paused or waits; control messages still come through. Only for the actor itself, which sees
    /// the effect from its next message on. A gated mailbox reports that it has no messages, because its thread would spin otherwise.
    /// </summary>
    public void Gate(bool closed) => _gated = closed;

    /// <summary>The queue of the actor that is running now.</summary>
    /// <exception cref="InvalidOperationException">The actor was given another kind of mailbox.</exception>
    public static BundleQueue Of(IActorContext context) =>
        ((ActorCell)context).Mailbox?.MessageQueue as BundleQueue
        ?? throw new InvalidOperationException($"{context.Self.Path} needs the mailbox {BundleMailbox.Id}.");

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        if (envelope.Message is not PageBundle bundle)
        {
            _control.Enqueue(envelope);
            return;
        }

        if (!_ring.TryEnqueue(bundle))
        {
            Reclaim(bundle, DropReason.MailboxFull);
            return;
        }

        // The caller reads the mailbox's status next, to see whether to wake it. Without a full fence that read could pass the store
        // that published the bundle, and both sides would sleep.
        Interlocked.MemoryBarrier();
        var depth = _ring.Count;
        if (depth > Volatile.Read(ref _highWater)) Volatile.Write(ref _highWater, depth);
        if (_closed) ReclaimAll();
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (_control.TryDequeue(out envelope)) return true;
        envelope = _drain;
        return HasBundles;
    }

    /// <summary>Takes a bundle for the actor. Only for <see cref="BundleDrain"/>.</summary>
    public bool TryTake(out PageBundle? bundle)
    {
        bundle = null;
        return !_gated && _ring.TryDequeue(out bundle);
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        _closed = true;
        Interlocked.MemoryBarrier();
        ReclaimAll();
        while (_control.TryDequeue(out var envelope)) deadletters.Enqueue(owner, envelope);
    }

    private void ReclaimAll()
    {
        while (_ring.TryDequeue(out var bundle)) Reclaim(bundle!, ReclaimReason);
    }

    private static void Reclaim(PageBundle bundle, DropReason reason)
    {
        bundle.SettleDropped(reason);
        bundle.Dispose();
    }
}
