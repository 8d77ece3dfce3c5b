namespace Pipeline.Actors.Cluster.Wire;

/// <summary>What a node says first to another. The other answers with <see cref="NodeWelcome"/> or <see cref="NodeRefused"/>.</summary>
internal sealed record NodeHello : IClusterMessage
{
    /// <summary>The number of the protocol. Nodes of two numbers do not talk.</summary>
    public required int Protocol { get; init; }

    /// <summary>The hash of the list of wire types (<c>WireTypes.Hash</c>). It must be the same on both nodes.</summary>
    public required ulong TypesHash { get; init; }

    /// <summary>The node's name in the configuration.</summary>
    public required string Node { get; init; }

    /// <summary>Tells this life of the node apart from others at the same address; the cluster's unique id of the member.</summary>
    public required long Uid { get; init; }

    /// <summary>The address, or the name of the host, where the node takes connections for data.</summary>
    public required string DataHost { get; init; }

    /// <summary>The TCP port there.</summary>
    public required int DataPort { get; init; }

    /// <summary>The most bytes of a message, as the node's remoting has it. It must be the same on both nodes.</summary>
    public required int FrameLimit { get; init; }
}
