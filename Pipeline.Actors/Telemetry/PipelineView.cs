using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Everything there is to see of a pipeline at one moment, immutable. Reports, terminals and servers all show this, so their figures
/// can never disagree.
/// </summary>
public sealed record PipelineView
{
    /// <summary>The rule set in force.</summary>
    public required int Generation { get; init; }

    /// <summary>Since the pipeline was started.</summary>
    public required TimeSpan Elapsed { get; init; }

    public required LedgerSnapshot Ledger { get; init; }

    /// <summary>Whether nothing moves any more, so that the books must balance exactly.</summary>
    public required bool AtRest { get; init; }

    public required IReadOnlyList<QueueView> Queues { get; init; }

    /// <summary>The rules in force, in the order they are tried. Each counts over all generations that have had it.</summary>
    public required IReadOnlyList<RuleView> Rules { get; init; }

    /// <summary>What no rule matched, in any generation.</summary>
    public required PacketTally Unmatched { get; init; }

    /// <summary>What rules of earlier generations matched that are not in force any more.</summary>
    public PacketTally EarlierRules { get; init; }

    /// <summary>Packets that the expression on the command line matched; all of them where there is none.</summary>
    public required long Selected { get; init; }

    public required IReadOnlyList<ConsumerView> Consumers { get; init; }

    /// <summary>Packets on their way to another node.</summary>
    public long OnWire { get; init; }

    public bool Balanced => AtRest ? Ledger.BalancesAtRest : Ledger.BalancesRunning;
}

public sealed record QueueView(string Name, PacketTally Received, long Bundles);

/// <param name="Name">The rule's.</param>
/// <param name="Mark">The mark it sets.</param>
/// <param name="MarkMask">The bits of the mark it writes.</param>
/// <param name="Matched">Every packet it matched, <c>continue</c> or not.</param>
public sealed record RuleView(string Name, uint Mark, uint MarkMask, PacketTally Matched);

/// <param name="Name">The group's.</param>
/// <param name="Kind">As configurations name it: <c>bypass</c>, <c>af_packet</c>, <c>stack</c>.</param>
/// <param name="Delivered">Packets delivered or passed, copies included.</param>
/// <param name="Bundles">Bundles it got.</param>
/// <param name="Restarts">Times an instance was replaced after it failed.</param>
/// <param name="Notes">What the consumer itself has to say, such as checksum failures or the files it wrote.</param>
public sealed record ConsumerView(string Name, string Kind, PacketTally Delivered, long Bundles, int Restarts, IReadOnlyList<string> Notes)
{
    /// <summary>What its handler counts, by name, summed over the instances.</summary>
    public IReadOnlyList<CounterView> Counters { get; init; } = [];
}

public sealed record CounterView(string Name, long Value);
