using System.Diagnostics;

namespace Pipeline.Actors.Routing;

/// <summary>What lanes hold back, and how flows move when a group gets or loses instances.</summary>
internal sealed partial class Scatter
{
    /// <summary>Lanes of earlier plans. They hold nothing; what they sent is still out.</summary>
    private readonly List<Lane> _leaving = [];
    /// <summary>Generations of routes that somebody waits for.</summary>
    private readonly Queue<int> _awaited = [];
    private Action _wake = () => { };

    /// <summary>Whether all that lanes of earlier plans sent has been consumed.</summary>
    public bool HasLeft => _leaving.Count == 0;

    /// <param name="wake">Called, on whatever thread, when <see cref="SendHeld"/> or <see cref="IsHome"/> should be looked at again.</param>
    public void WakeBy(Action wake)
    {
        _wake = wake;
        foreach (var lane in _lanes) lane.Wake = wake;
    }

    /// <summary>
    /// Goes by other routes from the next bundle on. What lanes hold that the new plan lacks is sent; they are disposed when it has been
    /// consumed. Only between two bundles, and only while no flows move between instances of a group whose lane goes.
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

    /// <summary>Somebody waits until it goes by these routes or later ones, and nothing is out along lanes of earlier plans.</summary>
    public void AwaitRoutes(int generation) => _awaited.Enqueue(generation);

    /// <summary>Whether what somebody waits for has come true; told once.</summary>
    public bool TryTellRoutes(out int generation) =>
        _awaited.TryPeek(out generation) && Plan.Generation >= generation && HasLeft && _awaited.TryDequeue(out generation);

    /// <summary>Lets go of the lanes that left and of which nothing is out any more.</summary>
    public void ReleaseLeft()
    {
        foreach (var lane in _leaving.Where(lane => lane.IsHome)) lane.Dispose();
        _leaving.RemoveAll(lane => lane.IsHome);
    }

    /// <summary>Sends what lanes held back and have room for now.</summary>
    public void SendHeld()
    {
        foreach (var lane in _lanes) lane.SendHeld();
    }

    /// <summary>Sends all that lanes held back for newer packets' sake.</summary>
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

    /// <summary>Whether what was sent before the move has been consumed, where flows were given up.</summary>
    public bool IsHome(string group) => _lanes.All(lane => lane.Group != group || lane.IsHome);

    /// <summary>Ends the move.</summary>
    public void Switch(string group)
    {
        foreach (var lane in _lanes.Where(lane => lane.Group == group)) lane.Switch();
    }
}
