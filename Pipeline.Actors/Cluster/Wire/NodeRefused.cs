namespace Pipeline.Actors.Cluster.Wire;

/// <summary>The answer to a <see cref="NodeHello"/> from a node that this one cannot work with.</summary>
internal sealed record NodeRefused : IClusterMessage
{
    /// <summary>The name of the node that answers.</summary>
    public required string Node { get; init; }

    /// <summary>The unique id out of the hello.</summary>
    public required long ToUid { get; init; }

    /// <summary>What differs, in a sentence for whoever runs the node.</summary>
    public required string Reason { get; init; }
}
