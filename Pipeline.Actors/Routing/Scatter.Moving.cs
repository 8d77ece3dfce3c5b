namespace Pipeline.Actors.Routing;

/// <summary>What lanes hold back, and how flows move when a group gets or loses instances.</summary>
internal sealed partial class Scatter
{
    /// <param name="wake">Called, on whatever thread, when <see cref="SendHeld"/> or <see cref="IsHome"/> should be looked at again.</param>
    public void WakeBy(Action wake)
    {
        foreach (var lane in _lanes) lane.Wake = wake;
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
