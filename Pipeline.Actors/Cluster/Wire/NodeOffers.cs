namespace Pipeline.Actors.Cluster.Wire;

/// <summary>All instances of consumer groups that a node has. It takes the place of what the node offered before.</summary>
internal sealed record NodeOffers : IClusterMessage
{
    /// <summary>The name of the node that has them.</summary>
    public required string Node { get; init; }

    /// <summary>The cluster's unique id of that node.</summary>
    public required long Uid { get; init; }

    /// <summary>Rises with each change, from 1 on. An edition that is not above the last one is late, and without effect.</summary>
    public required long Edition { get; init; }

    /// <summary>The instances; none, where the node has none any more.</summary>
    public required InstanceOffer[] Offers { get; init; }
}
