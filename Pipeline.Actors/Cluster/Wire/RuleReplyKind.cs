namespace Pipeline.Actors.Cluster.Wire;

/// <summary>What became of a request to change the rules. The numbers are those on the wire.</summary>
internal enum RuleReplyKind : byte
{
    /// <summary>The cluster agreed on a new generation.</summary>
    Agreed = 1,

    /// <summary>The same text was in force already.</summary>
    Unchanged = 2,

    /// <summary>The generation in force needs no confirmation any more.</summary>
    Confirmed = 3,

    /// <summary>The rules have errors.</summary>
    Invalid = 4,

    /// <summary>Another generation is in force than was expected.</summary>
    Conflict = 5,

    /// <summary>The cluster does not know that generation, or no longer does.</summary>
    Unknown = 6,

    /// <summary>Something broke, or nobody gives the text; nothing was changed.</summary>
    Broken = 7,
}
