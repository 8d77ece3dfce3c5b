using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Routing;

/// <summary>How the lane drops what it holds itself.</summary>
internal sealed partial class Lane
{
    /// <summary>Drops the oldest packets that it still has: those held back or parked, otherwise those being bundled.</summary>
    /// <returns>False when there are none.</returns>
    public bool EvictOldest()
    {
        Outbox? oldest = null;
        foreach (var outbox in _fanout.Outboxes) oldest = Older(oldest, outbox);
        foreach (var outbox in _fanout.Parking) oldest = Older(oldest, outbox);
        if (oldest?.Oldest is not { } bundle) return false;
        Counters.Evict(bundle.Count, bundle.Bytes);
        DropOldest(oldest, DropReason.DropOld);
        return true;
    }

    /// <summary>Drops everything it still has.</summary>
    public void DropAll(DropReason reason)
    {
        foreach (var outbox in _fanout.Outboxes) DropAll(outbox, reason);
        foreach (var outbox in _fanout.Parking) DropAll(outbox, reason);
    }

    private static Outbox? Older(Outbox? oldest, Outbox? outbox) =>
        outbox?.Oldest is { } bundle && (oldest?.Oldest is not { } before || bundle.StartedAt < before.StartedAt) ? outbox : oldest;

    private void DropAll(Outbox? outbox, DropReason reason)
    {
        while (outbox?.Oldest is not null) DropOldest(outbox, reason);
    }

    private void DropOldest(Outbox outbox, DropReason reason)
    {
        var bundle = outbox.TakeOldest(out var wasOpen)!;
        if (wasOpen) _openCount--;
        bundle.SettleDropped(reason);
        bundle.Dispose();
    }
}
