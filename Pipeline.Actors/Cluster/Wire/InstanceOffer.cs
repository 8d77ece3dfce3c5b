namespace Pipeline.Actors.Cluster.Wire;

/// <summary>One instance of a consumer group that a node has. A part of <see cref="NodeOffers"/>; it is no message by itself.</summary>
internal sealed record InstanceOffer
{
    /// <summary>The group's name, which routes lead to.</summary>
    public required string Group { get; init; }

    /// <summary>Tells apart the instances of the group on that node.</summary>
    public required int Number { get; init; }

    /// <summary>Its number on links to that node, for packets; that of its copies follows. It stays the same while the node lives.</summary>
    public required int Lane { get; init; }

    /// <summary>What it does with packets.</summary>
    public required InstanceKind Kind { get; init; }

    /// <summary>How many bytes of each packet it needs, from the first on. The rest need not be sent.</summary>
    public required int BytesOfPacket { get; init; }

    /// <summary>Its part of the group's flows, as a ratio to the weights of the others; 1 or more.</summary>
    public required int Weight { get; init; }
}
