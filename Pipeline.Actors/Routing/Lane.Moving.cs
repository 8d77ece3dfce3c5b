namespace Pipeline.Actors.Routing;

/// <summary>How the lane's flows move when its group gets or loses instances.</summary>
internal sealed partial class Lane
{
    /// <summary>Whether flows are on their way from one instance to another.</summary>
    public bool IsMoving => _fanout.IsMoving;

    /// <summary>Whether all packets sent before <see cref="Move"/>, to instances that gave up flows, have been consumed.</summary>
    public bool IsHome => _fanout.IsHome;

    /// <summary>
    /// Begins to move flows, because the group gets or loses instances. Their packets wait here until <see cref="Switch"/>.
    /// </summary>
    /// <param name="targets">The new set of instances, in any order.</param>
    public void Move(IReadOnlyList<IBundleTarget> targets) => _fanout.Move(targets, Clear, Wake);

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
        _fanout.Switch(Unpark);

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

    private void Clear(Outbox outbox)
    {
        SendOpen(outbox);
        outbox.SendAllHeld();
    }
}
