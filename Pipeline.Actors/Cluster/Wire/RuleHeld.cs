namespace Pipeline.Actors.Cluster.Wire;

/// <summary>The authority says that it has a request, and whether it is ready to carry it out.</summary>
internal sealed record RuleHeld : IClusterMessage
{
    /// <summary>The request's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether it waits for a <see cref="RuleGo"/>, without which nothing changes.</summary>
    public required bool IsReady { get; init; }
}
