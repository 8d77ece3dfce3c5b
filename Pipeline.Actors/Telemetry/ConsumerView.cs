using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>What one consumer group took.</summary>
/// <param name="Name">The group's.</param>
/// <param name="Kind">As configurations name it: <c>bypass</c>, <c>af_packet</c>, <c>stack</c>.</param>
/// <param name="Delivered">Packets delivered or passed, copies included.</param>
/// <param name="Bundles">Bundles it got.</param>
/// <param name="Restarts">Times an instance was replaced after it failed.</param>
/// <param name="Notes">What the consumer itself has to say, such as checksum failures or the files it wrote.</param>
public sealed record ConsumerView(string Name, string Kind, PacketTally Delivered, long Bundles, int Restarts, IReadOnlyList<string> Notes)
{
    /// <summary>What it delivered a second, over the view's <see cref="PipelineView.RateWindow"/>.</summary>
    public Rate Rate { get; init; }

    /// <summary>What its handler counts, by name, summed over the instances.</summary>
    public IReadOnlyList<CounterView> Counters { get; init; } = [];

    /// <summary>Of <see cref="Delivered"/>, those that were copies.</summary>
    public PacketTally CopiesDelivered { get; init; }

    /// <summary>Packets whose final route led here and that were dropped on the way or here.</summary>
    public IReadOnlyDictionary<DropReason, PacketTally> DroppedByReason { get; init; } = new Dictionary<DropReason, PacketTally>();

    /// <summary>Copies for it that were dropped.</summary>
    public IReadOnlyDictionary<DropReason, PacketTally> CopiesDroppedByReason { get; init; } = new Dictionary<DropReason, PacketTally>();

    /// <summary>Why it was of no use in the whole of the run: it never opened, or failed on every bundle; null where it did some good. At rest only.</summary>
    public string? Failure { get; init; }

    /// <summary>One by one, in their order.</summary>
    public IReadOnlyList<ConsumerInstanceView> Instances { get; init; } = [];
}

/// <summary>One count that a handler keeps.</summary>
/// <param name="Name">What the handler calls it.</param>
/// <param name="Value">Over all instances.</param>
public sealed record CounterView(string Name, long Value);

/// <summary>One instance of a consumer group.</summary>
/// <param name="Actor">The name of its actor.</param>
/// <param name="State">What it is about.</param>
/// <param name="Restarts">Times it was replaced after it failed.</param>
/// <param name="LastFailure">What it failed with last, in its own words; null for never.</param>
/// <param name="Mailbox">What waits for it.</param>
/// <param name="Handoff">How long bundles were on their way to it.</param>
public sealed record ConsumerInstanceView(
    string Actor, ConsumerState State, int Restarts, string? LastFailure, MailboxView Mailbox, HandoffView Handoff);
