namespace Pipeline.Actors.Cluster.Wire;

/// <summary>
/// The node that asked still waits for it, so the authority carries the request out. A node that has given up never says so; therefore one
/// that gives up before it has said so can tell its user that nothing was changed.
/// </summary>
internal sealed record RuleGo : IClusterMessage
{
    /// <summary>The request's id.</summary>
    public required Guid Id { get; init; }
}
