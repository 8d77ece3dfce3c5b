namespace Pipeline.Actors.Cluster.Wire;

/// <summary>The authority's answer to a request. The same request gets the same answer again.</summary>
internal sealed record RuleReply : IClusterMessage
{
    /// <summary>The request's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What became of it.</summary>
    public required RuleReplyKind Kind { get; init; }

    /// <summary>The generation that the request made; else the one in force.</summary>
    public required int Generation { get; init; }

    /// <summary>The deadline for confirmation, in ticks of 100 ns since the year 1, UTC; 0 for none.</summary>
    public required long ConfirmBy { get; init; }

    /// <summary>The first errors, or what broke, in words; empty for nothing.</summary>
    public required string Words { get; init; }
}
