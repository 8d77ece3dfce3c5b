using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>How the lane's flows move when its group gets or loses instances.</summary>
internal sealed partial class Lane
{
    private bool _isPlacing;

    /// <summary>Whether flows are on their way from one instance to another.</summary>
    public bool IsMoving => _fanout.IsMoving;

    /// <summary>Whether all packets sent before <see cref="Move"/>, to instances that gave up flows, have been consumed.</summary>
    public bool IsHome => _fanout.IsHome;

    /// <summary>
    /// Begins to move flows, because the group gets or loses instances. Their packets wait here until <see cref="Switch"/>.
    /// </summary>
    /// <param name="targets">The new set of instances, in any order.</param>
    public void Move(IReadOnlyList<IBundleTarget> targets)
    {
        var returned = TakeBack();
        _fanout.Move(targets, Clear, Wake);
        SendAllOpen();
        foreach (var bundle in returned) Place(bundle);
    }

    /// <summary>
    /// Takes part in a loss in the midst of a move: what an instance had not processed that is gone now waits in front of all newer packets
    /// of its flows, which are parked. Without a move there is nothing to do: the next one takes it back.
    /// </summary>
    public void Reclaim()
    {
        if (!IsMoving) return;
        var returned = TakeBack();
        if (returned.Count == 0) return;
        var parked = TakeParked();
        foreach (var bundle in returned) Place(bundle);
        foreach (var (outbox, bundle) in parked) Send(outbox, bundle);
    }

    /// <summary>
    /// Sends everything it holds and takes nothing more, because its route has been removed. <see cref="IsHome"/> says when all of it has
    /// been consumed.
    /// </summary>
    public void Leave() => _fanout.Leave(Clear, Wake);

    /// <summary>
    /// Ends a move, after <see cref="IsHome"/> in all routers. Packets that waited go to their new instance, before anything newer.
    /// </summary>
    public void Switch()
    {
        _isPlacing = true;
        _fanout.Switch(Unpark);
        _isPlacing = false;

        void Unpark(Outbox parked, Outbox outbox)
        {
            SendOpen(outbox);
            while (parked.TakeOldest(out var wasOpen) is { } bundle)
            {
                if (wasOpen) _openCount--;
                Send(outbox, bundle);
            }
        }
    }

    /// <summary>Takes what nobody processed out of the outboxes to instances that are gone, the oldest first.</summary>
    private List<PageBundle> TakeBack()
    {
        List<PageBundle> returned = [];
        foreach (var outbox in _fanout.Outboxes)
        {
            if (!outbox.Target.IsGone) continue;
            var before = returned.Count;
            outbox.Target.TakeBack(_spill is null ? [Share] : [Share, _spill.Device], returned);
            foreach (var bundle in returned.Skip(before)) Counters.Resend(bundle.Count, bundle.Bytes);
            while (outbox.TakeOldest(out var wasOpen) is { } bundle)
            {
                if (wasOpen) _openCount--;
                returned.Add(bundle);
            }
        }

        return returned;
    }

    private List<(Outbox Outbox, PageBundle Bundle)> TakeParked()
    {
        List<(Outbox, PageBundle)> parked = [];
        foreach (var outbox in _fanout.Parking)
        {
            while (outbox?.TakeOldest(out var wasOpen) is { } bundle)
            {
                if (wasOpen) _openCount--;
                parked.Add((outbox, bundle));
            }
        }

        return parked;
    }

    /// <summary>
    /// Takes a bundle apart that came back, because its packets may belong to several instances now. They get bundles of their own: the
    /// packets of one page must lie side by side in a bundle.
    /// </summary>
    private void Place(PageBundle source)
    {
        _isPlacing = true;
        foreach (ref readonly var packet in source.Packets)
        {
            var outbox = OutboxFor(source, packet, out _);
            var bundle = OpenFor(outbox, source, source.Share);
            bundle.AppendMoved(packet);
            if (bundle.IsFull) SendOpen(outbox);
        }

        SendAllOpen();
        source.ForgetMoved();
        source.SettleMoved();
        source.Dispose();
        _isPlacing = false;
    }

    private void SendAllOpen()
    {
        foreach (var outbox in _fanout.Outboxes) SendOpen(outbox);
        foreach (var outbox in _fanout.Parking) if (outbox is not null) SendOpen(outbox);
    }

    private void Clear(Outbox outbox)
    {
        SendOpen(outbox);
        outbox.SendAllHeld();
    }
}
