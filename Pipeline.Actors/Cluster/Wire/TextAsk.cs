namespace Pipeline.Actors.Cluster.Wire;

/// <summary>A node asks another for a piece of a rule set's text. The other answers with a <see cref="TextPiece"/>.</summary>
internal sealed record TextAsk : IClusterMessage
{
    /// <summary>The text's hash, as in <see cref="AgreedGeneration"/>.</summary>
    public required string Hash { get; init; }

    /// <summary>The first byte that is wanted, from 0 on.</summary>
    public required int Offset { get; init; }
}
