using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>What one consumer group took.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Kind">As configurations name it: <c>bypass</c>, <c>af_packet</c>, <c>stack</c>.</param>
/// <param name="Delivered">Packets delivered or passed, copies included.</param>
/// <param name="Bundles">Bundles it got.</param>
/// <param name="Restarts">Times an instance was replaced after it failed.</param>
/// <param name="Notes">The consumer's own notes, such as checksum failures or the files it wrote.</param>
public sealed record ConsumerView(string Name, string Kind, PacketTally Delivered, long Bundles, int Restarts, IReadOnlyList<string> Notes)
{
    /// <summary>What it delivered per second, over the view's <see cref="PipelineView.RateWindow"/>.</summary>
    public Rate Rate { get; init; }

    /// <summary>What its handler counts, by name, summed over the instances.</summary>
    public IReadOnlyList<CounterView> Counters { get; init; } = [];

    /// <summary>Of <see cref="Delivered"/>, those that were copies.</summary>
    public PacketTally CopiesDelivered { get; init; }

    /// <summary>
    /// Packets of other nodes, and copies, that this node's instances took. They are in the books of the nodes where they came in, and so
    /// not in <see cref="Delivered"/>, which has those of this node, whichever node took them.
    /// </summary>
    public PacketTally ForOthers { get; init; }

    /// <summary>Packets whose final route led here and that were dropped on the way or here, by reason.</summary>
    public IReadOnlyDictionary<DropReason, PacketTally> DroppedByReason { get; init; } = new Dictionary<DropReason, PacketTally>();

    /// <summary>What was dropped of those per second, for any reason.</summary>
    public Rate DroppedRate { get; init; }

    /// <summary>Packets of those dropped per second, for each reason that there is at the moment.</summary>
    public IReadOnlyDictionary<DropReason, double> DropRates { get; init; } = new Dictionary<DropReason, double>();

    internal PacketTally Dropped => PacketTally.Sum(DroppedByReason.Values);

    /// <summary>Copies for it that were dropped, by reason.</summary>
    public IReadOnlyDictionary<DropReason, PacketTally> CopiesDroppedByReason { get; init; } = new Dictionary<DropReason, PacketTally>();

    /// <summary>Copies for it that were not made, because it had released their flows.</summary>
    public PacketTally CopiesReleased { get; init; }

    /// <summary>Copies dropped per second, for each reason that there is at the moment.</summary>
    public IReadOnlyDictionary<DropReason, double> CopyDropRates { get; init; } = new Dictionary<DropReason, double>();

    /// <summary>
    /// Why it was of no use during the whole run: it never opened, or failed on every bundle; null when it was of some use. At rest only.
    /// </summary>
    public string? Failure { get; init; }

    /// <summary>
    /// The instances it has, in their order. One that has left the group is not among them; its counts are in the sums above.
    /// </summary>
    public IReadOnlyList<ConsumerInstanceView> Instances { get; init; } = [];

    /// <summary>How long bundles were on their way to instances that have left.</summary>
    public HandoffView EarlierHandoff { get; init; } = HandoffView.None;

    /// <summary>How long bundles were on their way to any instance, also to those that have left.</summary>
    public HandoffView Handoff => Instances.Aggregate(EarlierHandoff, (sum, i) => sum.Plus(i.Handoff));
}

/// <summary>One count that a handler keeps.</summary>
/// <param name="Name">The handler's name for it.</param>
/// <param name="Value">The sum over all instances.</param>
public sealed record CounterView(string Name, long Value);

/// <summary>One instance of a consumer group.</summary>
/// <param name="Actor">The name of its actor.</param>
/// <param name="State">The state of the instance.</param>
/// <param name="Restarts">Times it was replaced after it failed.</param>
/// <param name="LastFailure">Its last failure, in the words of the exception; null for none.</param>
/// <param name="Mailbox">The bundles that wait for it.</param>
/// <param name="Handoff">How long bundles were on their way to it.</param>
public sealed record ConsumerInstanceView(
    string Actor, ConsumerState State, int Restarts, string? LastFailure, MailboxView Mailbox, HandoffView Handoff);
