using Pipeline.Actors.Captures;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

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

    /// <summary>
    /// Whether an instance would hold more of the share than is left free, because it falls behind or is silent. So there is always room
    /// for the others: half of the share beside one such instance, a third beside two. Switches divide their buffers among ports like that
    /// (Choudhury and Hahne, Dynamic Queue Length Thresholds, IEEE/ACM Transactions on Networking 6(2), 1998).
    /// </summary>
    /// <remarks>
    /// Only where newer packets are to be dropped. Those that wait stand still anyway, those that drop older ones hold them back here, and
    /// those that are left to the stack are not lost. What came back from another instance is not dropped.
    /// </remarks>
    private bool IsBeyondPart(Outbox outbox) =>
        outbox.Target.IsBounded && Overload == Overload.DropNew && !_isPlacing && _fanout.Outboxes.Length > 1
        && outbox.PagesOut > Share.LimitPages - Share.Charged;

    private void RefuseWhole(PageBundle bundle)
    {
        Counters.Refuse(bundle.Count, bundle.Bytes);
        ShowDropped(bundle, DropReason.ShareExceeded);
        bundle.SettleDropped(DropReason.ShareExceeded);
        bundle.Dispose();
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
        ShowDropped(bundle, reason);
        bundle.SettleDropped(reason);
        bundle.Dispose();
    }

    /// <summary>Shows captures what is dropped after it had been taken. Only <see cref="CapturePlace.Dropped"/> has not seen it yet.</summary>
    private void ShowDropped(PageBundle bundle, DropReason reason)
    {
        if (Captures.All is not { } ports) return;
        foreach (var port in ports)
        {
            if (port.At.Place != CapturePlace.Dropped) continue;
            foreach (ref readonly var packet in bundle.Packets) port.Show(bundle, packet, Route.To, reason, Route.Copy);
        }
    }
}
