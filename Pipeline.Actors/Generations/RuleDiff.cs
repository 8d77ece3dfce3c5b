using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Generations;

/// <summary>How other rules would change the final mark of packets, or their way.</summary>
public sealed record RuleDiff
{
    /// <summary>All packets that were looked at.</summary>
    public required PacketTally Compared { get; init; }

    /// <summary>Those that would go another way: another final route, or other copies.</summary>
    public required PacketTally Rerouted { get; init; }

    /// <summary>Those that would go the same way but carry another mark.</summary>
    public required PacketTally Remarked { get; init; }

    /// <summary>The kinds of change, most packets first.</summary>
    public required IReadOnlyList<RuleShift> Shifts { get; init; }

    /// <summary>The flows that change, most packets first. A flow whose packets change in several ways has an entry for each.</summary>
    public required IReadOnlyList<FlowShift> Flows { get; init; }

    /// <summary>Packets that change and are in no entry of <see cref="Flows"/>, because there were too many.</summary>
    public required PacketTally BeyondFlows { get; init; }

    /// <summary>Packets that change and are in no entry of <see cref="Shifts"/>, because there were too many.</summary>
    public required PacketTally BeyondShifts { get; init; }
}

/// <summary>What one set of rules decides about a packet.</summary>
/// <param name="Rule">The last rule that matched; null where none did.</param>
/// <param name="Mark">The mark after all rules.</param>
/// <param name="Route">Where it goes: the consumer of its final route, with those that get copies.</param>
public sealed record RuleVerdict(string? Rule, uint Mark, string Route)
{
    /// <summary>Whether a keep-out guard matched, so that no rule was tried.</summary>
    public bool IsKeptOut { get; init; }
}

/// <param name="Packets">The packets with this change.</param>
/// <param name="Flows">The number of their flows, among the flows that were kept apart.</param>
public sealed record RuleShift(RuleVerdict Before, RuleVerdict After, PacketTally Packets, int Flows);

/// <param name="Flow">The flow's name, made by <see cref="Nic.Headers.FlowWords"/>.</param>
public sealed record FlowShift(string Flow, RuleVerdict Before, RuleVerdict After, PacketTally Packets);
