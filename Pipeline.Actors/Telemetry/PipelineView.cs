using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Everything there is to see of a pipeline at one moment, immutable. Reports, terminals and servers all show this, so their figures
/// can never disagree.
/// </summary>
public sealed record PipelineView
{
    /// <summary>Counts up with every view that is made of one run; 0 for one that was not.</summary>
    public long Sequence { get; init; }

    /// <summary>When the counters were read.</summary>
    public DateTimeOffset SampledAt { get; init; }

    /// <summary>The rule set in force.</summary>
    public required int Generation { get; init; }

    /// <summary>Since the pipeline was started.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What became of every packet.</summary>
    public required LedgerSnapshot Ledger { get; init; }

    /// <summary>Whether nothing moves any more, so that the books must balance exactly.</summary>
    public required bool AtRest { get; init; }

    /// <summary>What every rate here is taken over, about a second; zero when there was no reading to compare with.</summary>
    public TimeSpan RateWindow { get; init; }

    /// <summary>The accounts' growth.</summary>
    public LedgerRates Rates { get; init; }

    /// <summary>In the device's order.</summary>
    public required IReadOnlyList<QueueView> Queues { get; init; }

    /// <summary>One behind each queue, in the queues' order.</summary>
    public IReadOnlyList<RouterView> Routers { get; init; } = [];

    /// <summary>In the order they are tried, the implicit one last.</summary>
    public IReadOnlyList<RouteView> Routes { get; init; } = [];

    /// <summary>The rules in force, in the order they are tried. Each counts over all generations that have had it.</summary>
    public required IReadOnlyList<RuleView> Rules { get; init; }

    /// <summary>The keep-out guards in force, in the order they are tried; none where nothing is kept out.</summary>
    public IReadOnlyList<GuardView> Guards { get; init; } = [];

    /// <summary>What no rule matched and no guard kept out, in any generation.</summary>
    public required PacketTally Unmatched { get; init; }

    /// <summary>What no rule matched a second.</summary>
    public Rate UnmatchedRate { get; init; }

    /// <summary>What rules and guards of earlier generations matched that are not in force any more.</summary>
    public PacketTally EarlierRules { get; init; }

    /// <summary>Packets that the expression on the command line matched; all of them where there is none.</summary>
    public required long Selected { get; init; }

    /// <summary>By group.</summary>
    public required IReadOnlyList<ConsumerView> Consumers { get; init; }

    /// <summary>Those of the queues, and those that routes copy into; pools of one name are added up.</summary>
    public IReadOnlyList<PoolView> Pools { get; init; } = [];

    /// <summary>Faults so far, such as an output that failed.</summary>
    public int Faults { get; init; }

    /// <summary>The time a drain was given, where it was over before everything had arrived; the rest is counted as <see cref="DropReason.Shutdown"/>.</summary>
    public TimeSpan? DrainCutAfter { get; init; }

    /// <summary>The actors that did not come back when all was to end, and were left to themselves.</summary>
    public IReadOnlyList<string> LeftBehind { get; init; } = [];

    /// <summary>Packets on their way to another node.</summary>
    public long OnWire { get; init; }

    /// <summary>
    /// Whether the books balance: exactly at rest, else within what the pools can hold. At rest every page is home, but for those that
    /// somebody has who was left behind; his packets are counted.
    /// </summary>
    public bool Balanced => !AtRest ? Ledger.BalancesRunning : Ledger.BalancesAtRest || (LeftBehind.Count > 0 && Ledger.InFlight == default);
}

/// <summary>So many a second.</summary>
/// <param name="Packets">Packets a second.</param>
/// <param name="Bytes">Captured bytes a second.</param>
public readonly record struct Rate(double Packets, double Bytes);

/// <summary>What came and went a second.</summary>
public readonly record struct LedgerRates(Rate Received, Rate Delivered, Rate Passed, Rate Dropped);

/// <summary>What one NIC queue took in.</summary>
/// <param name="Name">The queue's, such as <c>pcap:0</c>.</param>
/// <param name="Received">Packets and captured bytes, what the device passed by itself included.</param>
/// <param name="Bundles">Bundles that they came in, but for what the device passed.</param>
public sealed record QueueView(string Name, PacketTally Received, long Bundles)
{
    /// <summary>What it received a second.</summary>
    public Rate Rate { get; init; }

    /// <summary>Why its source gives nothing now and is asked again, such as an interface that is down; null while it does.</summary>
    public string? Trouble { get; init; }

    /// <summary>What of it the device left to the normal stack by itself.</summary>
    public PacketTally PassedByDevice { get; init; }

    /// <summary>Packets its device lost before they were received.</summary>
    public IReadOnlyDictionary<DeviceLoss, long> Lost { get; init; } = new Dictionary<DeviceLoss, long>();

    /// <summary>Packets that its device lost a second; only kinds that grew.</summary>
    public IReadOnlyDictionary<DeviceLoss, double> LostRates { get; init; } = new Dictionary<DeviceLoss, double>();
}

/// <summary>What waits in an actor's mailbox.</summary>
/// <param name="Depth">Bundles waiting.</param>
/// <param name="HighWater">The most that were seen waiting.</param>
/// <param name="OldestAge">How long the oldest has waited since its router began to fill it; zero while none waits.</param>
public readonly record struct MailboxView(int Depth, int HighWater, TimeSpan OldestAge);

/// <summary>What a router is about.</summary>
/// <param name="Name">The router's, such as <c>router-pcap:0</c>.</param>
/// <param name="Queue">The queue before it.</param>
/// <param name="Generation">The rule set it marks by.</param>
/// <param name="Mailbox">What waits for it.</param>
/// <param name="Waits">Whether it holds back because a route that may wait has no room.</param>
public sealed record RouterView(string Name, string Queue, int Generation, MailboxView Mailbox, bool Waits);

/// <summary>What one rule matched.</summary>
/// <param name="Name">The rule's.</param>
/// <param name="Mark">The mark it sets.</param>
/// <param name="MarkMask">The bits of the mark it writes.</param>
/// <param name="Matched">Every packet it matched, <c>continue</c> or not.</param>
public sealed record RuleView(string Name, uint Mark, uint MarkMask, PacketTally Matched)
{
    /// <summary>What it matched a second.</summary>
    public Rate Rate { get; init; }
}

/// <summary>What one keep-out guard left to the normal stack.</summary>
/// <param name="Name">The guard's.</param>
/// <param name="Kept">The packets, which no rule was tried on.</param>
public sealed record GuardView(string Name, PacketTally Kept)
{
    /// <summary>What it kept out a second.</summary>
    public Rate Rate { get; init; }
}

/// <summary>Memory of a queue, or of a route's copies.</summary>
/// <param name="Name">The pool's.</param>
/// <param name="PagesOut">Pages in use.</param>
/// <param name="Pages">All of its pages.</param>
/// <param name="PageBytes">A page's size.</param>
public sealed record PoolView(string Name, int PagesOut, int Pages, int PageBytes);
