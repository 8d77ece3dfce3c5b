namespace Pipeline.Actors.Cluster.Wire;

/// <summary>A piece of a rule set's text, at most 64 KiB.</summary>
internal sealed record TextPiece : IClusterMessage
{
    /// <summary>The text's hash, as in <see cref="AgreedGeneration"/>.</summary>
    public required string Hash { get; init; }

    /// <summary>Where the piece begins in the text's bytes in UTF-8.</summary>
    public required int Offset { get; init; }

    /// <summary>How many bytes the whole text has; 0 where the node does not have it.</summary>
    public required int Total { get; init; }

    /// <summary>The bytes of the piece; none where the node does not have the text.</summary>
    public required byte[] Bytes { get; init; }
}
