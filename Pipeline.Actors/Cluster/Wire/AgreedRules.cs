namespace Pipeline.Actors.Cluster.Wire;

/// <summary>
/// The rules of the whole cluster and those before them. It is the value of the cluster's register and is told to nobody by itself. Texts
/// travel apart from it (<see cref="TextPiece"/>).
/// </summary>
internal sealed record AgreedRules : IClusterMessage
{
    /// <summary>The number of the last generation that needs no confirmation, which is always among the entries.</summary>
    public required int Confirmed { get; init; }

    /// <summary>The request that confirmed a generation last; empty for none.</summary>
    public required Guid ConfirmedBy { get; init; }

    /// <summary>The generations, the oldest first and the one in force last; never empty.</summary>
    public required AgreedGeneration[] Entries { get; init; }
}
