using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>The outcome of a request to change the rules.</summary>
public enum RuleOutcome
{
    /// <summary>The new generation is in force.</summary>
    Applied,

    /// <summary>The same text was in force already; nothing was changed.</summary>
    Unchanged,

    /// <summary>The generation in force needs no confirmation any more.</summary>
    Confirmed,

    /// <summary>The rules have errors; what was in force still is.</summary>
    Invalid,

    /// <summary>Another generation is in force than was expected.</summary>
    Conflict,

    /// <summary>The history, or the cluster, does not have this generation, or no longer has it.</summary>
    Unknown,

    /// <summary>The run is over, or about to be.</summary>
    Ended,

    /// <summary>The cluster has no authority on rules at the moment; nothing was changed.</summary>
    NoAuthority,

    /// <summary>
    /// The authority on rules was lost while it carried the request out; whether anything was changed, the history will tell.
    /// </summary>
    Unsure,
}

/// <summary>The answer to a request to change the rules.</summary>
public sealed record RuleChange
{
    /// <summary>The outcome of the request.</summary>
    public required RuleOutcome Outcome { get; init; }

    /// <summary>The generation that is in force now, whatever the outcome.</summary>
    public required int Generation { get; init; }

    /// <summary>Errors and warnings, in the order of the text.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>The differences between the new generation and the one before it.</summary>
    public RuleSetDelta Delta { get; init; } = RuleSetDelta.None;

    /// <summary>The deadline for confirmation; null when none is needed.</summary>
    public DateTimeOffset? ConfirmBy { get; init; }

    /// <summary>The generations that can be gone back to, in ascending order; empty unless another was asked for.</summary>
    public IReadOnlyList<int> Known { get; init; } = [];

    /// <summary>How far the new generation has come in the cluster; null without a cluster, and where there is none.</summary>
    public ClusterSpread? Cluster { get; init; }

    /// <summary>Whether the rules that were asked for are in force.</summary>
    public bool Succeeded => Outcome is RuleOutcome.Applied or RuleOutcome.Unchanged or RuleOutcome.Confirmed;
}

/// <summary>The result of checking rules before they are put in force.</summary>
/// <param name="Rules">The rules; null when there is an error.</param>
/// <param name="Diagnostics">Errors and warnings, in the order of the text.</param>
/// <param name="Delta">The differences between them and the rules in force.</param>
public sealed record RuleCheck(RuleSet? Rules, IReadOnlyList<Diagnostic> Diagnostics, RuleSetDelta Delta);
