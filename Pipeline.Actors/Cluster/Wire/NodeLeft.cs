namespace Pipeline.Actors.Cluster.Wire;

/// <summary>A node says that it goes. Whoever has links to it closes them, and its instances get no more packets.</summary>
internal sealed record NodeLeft : IClusterMessage
{
    /// <summary>The name of the node that goes.</summary>
    public required string Node { get; init; }

    /// <summary>The cluster's unique id of that node.</summary>
    public required long Uid { get; init; }
}
