namespace Pipeline.Actors.Cluster.Wire;

/// <summary>What a node asks the authority on rules for. The numbers are those on the wire.</summary>
internal enum RuleVerb : byte
{
    /// <summary>To put a text in force.</summary>
    Apply = 1,

    /// <summary>To put the text of an earlier generation in force again.</summary>
    Rollback = 2,

    /// <summary>To keep the generation in force.</summary>
    Confirm = 3,
}
