namespace Pipeline.Actors.Routing;

/// <summary>
/// Knows how many instances of a group take packets, and relieves routes while it is none: all are paused, or have failed. Any thread.
/// </summary>
internal sealed class GroupDoor
{
    private readonly Lock _gate = new();
    private readonly IReadOnlyList<RouteRelief> _reliefs;
    private int _serving;

    /// <param name="reliefs">Those of the routes to the group whose options say so. They are on until an instance takes packets.</param>
    public GroupDoor(IReadOnlyList<RouteRelief> reliefs)
    {
        _reliefs = reliefs;
        foreach (var relief in reliefs) relief.Change(isMore: true);
    }

    /// <summary>An instance begins to take packets, or takes none any more.</summary>
    public void Change(bool serves)
    {
        lock (_gate)
        {
            var was = _serving;
            _serving += serves ? 1 : -1;
            if ((was == 0) == (_serving == 0)) return;
            foreach (var relief in _reliefs) relief.Change(isMore: _serving == 0);
        }
    }
}
