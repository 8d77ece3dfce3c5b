namespace Pipeline.Actors.Cluster.Wire;

/// <summary>A rule set that the cluster agreed on, or that a node runs, without its text. A part of other messages.</summary>
internal sealed record AgreedGeneration
{
    /// <summary>Its number; 1 or more.</summary>
    public required int Number { get; init; }

    /// <summary>The number that it had at first; 0 where that is its number still. It got another because a node had used that one.</summary>
    public required int Was { get; init; }

    /// <summary>The SHA-256 of the text's bytes in UTF-8, as 64 hexadecimal digits in lower case.</summary>
    public required string Hash { get; init; }

    /// <summary>How many bytes the text has in UTF-8.</summary>
    public required int Bytes { get; init; }

    /// <summary>Where the text came from, such as a file's name.</summary>
    public required string Source { get; init; }

    /// <summary>Who put it in force, by their own account.</summary>
    public required string Who { get; init; }

    /// <summary>When it was agreed on, in ticks of 100 ns since the year 1, UTC.</summary>
    public required long At { get; init; }

    /// <summary>The earlier generation that has the same text; 0 unless this is a rollback.</summary>
    public required int RollbackTo { get; init; }

    /// <summary>The deadline for confirmation, in ticks as above; 0 for none.</summary>
    public required long ConfirmBy { get; init; }

    /// <summary>The request that made it; empty where nobody asked for it.</summary>
    public required Guid Request { get; init; }
}
