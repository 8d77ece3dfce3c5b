using System.Diagnostics;

namespace Pipeline.Actors.Routing;

/// <summary>Sends what lanes hold back, and moves flows when a group gets or loses instances.</summary>
internal sealed partial class Scatter
{
    /// <summary>Lanes of earlier plans. They hold nothing, but some of what they sent is still out.</summary>
    private readonly List<Lane> _leaving = [];
    /// <summary>Generations of routes that somebody waits for.</summary>
    private readonly Queue<int> _awaited = [];
    private Action _wake = () => { };

    /// <summary>Whether all that lanes of earlier plans sent has been consumed.</summary>
    public bool HasLeft => _leaving.Count == 0;

    /// <param name="wake">Called, on any thread, when <see cref="SendHeld"/> or <see cref="IsHome"/> should be checked again.</param>
    public void WakeBy(Action wake)
    {
        _wake = wake;
        foreach (var lane in _lanes) lane.Wake = wake;
    }

    /// <summary>
    /// Uses other routes from the next bundle on. Lanes that the new plan lacks send what they hold, and are disposed when it has been
    /// consumed. Only between two bundles, and only while no flows move between instances of a group whose lane is removed.
    /// </summary>
    public void Exchange(RouterPlan next)
    {
        Debug.Assert(_source is null, "A bundle is being taken apart by the plan that goes.");
        foreach (var lane in _lanes.Except(next.Lanes))
        {
            lane.Wake = _wake;
            lane.Leave();
            _leaving.Add(lane);
        }

        Follow(next);
        foreach (var lane in _lanes) lane.Wake = _wake;
        ReleaseLeft();
    }

    /// <summary>Whether somebody waits for routes to be taken.</summary>
    public bool AwaitsRoutes => _awaited.Count > 0;

    /// <summary>
    /// Remembers that somebody waits until it uses these routes or later ones and nothing is out along lanes of earlier plans.
    /// </summary>
    public void AwaitRoutes(int generation) => _awaited.Enqueue(generation);

    /// <summary>Whether the state that somebody waits for has been reached. It is reported once.</summary>
    public bool TryTellRoutes(out int generation) =>
        _awaited.TryPeek(out generation) && Plan.Generation >= generation && HasLeft && _awaited.TryDequeue(out generation);

    /// <summary>Disposes the lanes that left and of which nothing is out any more.</summary>
    public void ReleaseLeft()
    {
        foreach (var lane in _leaving.Where(lane => lane.IsHome)) lane.Dispose();
        _leaving.RemoveAll(lane => lane.IsHome);
    }

    /// <summary>Sends the bundles that lanes held back and have room for now.</summary>
    public void SendHeld()
    {
        foreach (var lane in _lanes) lane.SendHeld();
    }

    /// <summary>Sends all bundles that lanes held back so that newer packets could evict them.</summary>
    public void SendAllHeld()
    {
        foreach (var lane in _lanes) lane.SendAllHeld();
    }

    /// <summary>Whether flows are on their way from one instance to another.</summary>
    public bool IsMoving => _lanes.Any(lane => lane.IsMoving);

    /// <summary>Begins to move flows between the instances of a group: see <see cref="Lane.Move"/>.</summary>
    public void Move(string group, IReadOnlyList<IBundleTarget> targets)
    {
        foreach (var lane in _lanes.Where(lane => lane.Group == group)) lane.Move(targets);
    }

    /// <summary>Whether everything sent before the move, to instances that gave up flows, has been consumed.</summary>
    public bool IsHome(string group) => _lanes.All(lane => lane.Group != group || lane.IsHome);

    /// <summary>An instance is gone for which a move waits: see <see cref="Lane.Reclaim"/>.</summary>
    public void Reclaim(string group)
    {
        foreach (var lane in _lanes.Where(lane => lane.Group == group)) lane.Reclaim();
    }

    /// <summary>Ends the move.</summary>
    public void Switch(string group)
    {
        foreach (var lane in _lanes.Where(lane => lane.Group == group)) lane.Switch();
    }
}
