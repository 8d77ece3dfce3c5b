namespace Pipeline.Actors.Cluster.Wire;

/// <summary>The answer to a <see cref="NodeHello"/> with which everything is in order.</summary>
internal sealed record NodeWelcome : IClusterMessage
{
    /// <summary>The name of the node that answers.</summary>
    public required string Node { get; init; }

    /// <summary>The cluster's unique id of the node that answers.</summary>
    public required long Uid { get; init; }

    /// <summary>The unique id out of the hello. A node that was started anew meanwhile sees that the answer is not meant for it.</summary>
    public required long ToUid { get; init; }
}
