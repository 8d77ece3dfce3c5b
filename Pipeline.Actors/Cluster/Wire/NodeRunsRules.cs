namespace Pipeline.Actors.Cluster.Wire;

/// <summary>A node tells every member which rules it runs: at each change and once a second.</summary>
internal sealed record NodeRunsRules : IClusterMessage
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>The cluster's unique id of the node.</summary>
    public required long Uid { get; init; }

    /// <summary>What it runs.</summary>
    public required AgreedGeneration Runs { get; init; }

    /// <summary>Whether a cluster agreed on what it runs; otherwise the node began with it, or put it in force by itself.</summary>
    public required bool IsAgreed { get; init; }

    /// <summary>Whether the authority on rules is at work there.</summary>
    public required bool HasAuthority { get; init; }

    /// <summary>The generation that it cannot run; 0 for none.</summary>
    public required int Failed { get; init; }

    /// <summary>Why it cannot, in words; empty for no reason.</summary>
    public required string Why { get; init; }
}
