using Pipeline.Actors.Cluster;
using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Everything that can be seen of a pipeline at one moment. Immutable. Reports, terminals and servers all show this, so their figures can
/// never disagree.
/// </summary>
public sealed record PipelineView
{
    /// <summary>Increases with every view that is made of one run; 0 for a view that was not made of a run.</summary>
    public long Sequence { get; init; }

    /// <summary>When the counters were read.</summary>
    public DateTimeOffset SampledAt { get; init; }

    /// <summary>The rule set in force.</summary>
    public required int Generation { get; init; }

    /// <summary>The time since the pipeline was started.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What became of every packet.</summary>
    public required LedgerSnapshot Ledger { get; init; }

    /// <summary>Whether nothing moves any more, so that the books must balance exactly.</summary>
    public required bool AtRest { get; init; }

    /// <summary>
    /// The time that every rate here is taken over, about a second; zero when there was no earlier reading to compare with.
    /// </summary>
    public TimeSpan RateWindow { get; init; }

    /// <summary>The growth of the accounts per second.</summary>
    public LedgerRates Rates { get; init; }

    /// <summary>Where its packets come from; null for a view that was not made of a run.</summary>
    public SourceView? Source { get; init; }

    /// <summary>The queues in the device's order.</summary>
    public required IReadOnlyList<QueueView> Queues { get; init; }

    /// <summary>The routers, one behind each queue, in the queues' order.</summary>
    public IReadOnlyList<RouterView> Routers { get; init; } = [];

    /// <summary>The routes in the order they are tried, the implicit one last.</summary>
    public IReadOnlyList<RouteView> Routes { get; init; } = [];

    /// <summary>The rules in force, in the order they are tried. Each counts over all generations that have had it.</summary>
    public required IReadOnlyList<RuleView> Rules { get; init; }

    /// <summary>The keep-out guards in force, in the order they are tried; empty when nothing is kept out.</summary>
    public IReadOnlyList<GuardView> Guards { get; init; } = [];

    /// <summary>Packets that no rule matched and no guard kept out, in any generation.</summary>
    public required PacketTally Unmatched { get; init; }

    /// <summary>What no rule matched, per second.</summary>
    public Rate UnmatchedRate { get; init; }

    /// <summary>Packets that rules and guards of earlier generations matched and that are not in force any more.</summary>
    public PacketTally EarlierRules { get; init; }

    /// <summary>Packets that the expression on the command line matched; all packets when there is none.</summary>
    public required long Selected { get; init; }

    /// <summary>The captured bytes of <see cref="Selected"/>. While it runs, this may lag behind by the bundles that are being looked at.</summary>
    public long SelectedBytes { get; init; }

    /// <summary>The consumers, by group.</summary>
    public required IReadOnlyList<ConsumerView> Consumers { get; init; }

    /// <summary>How long bundles were on their way to any consumer.</summary>
    public HandoffView Handoff => Consumers.Aggregate(HandoffView.None, (sum, c) => sum.Plus(c.Handoff));

    /// <summary>The pools of the queues, and those that routes copy into. Pools of one name are added up.</summary>
    public IReadOnlyList<PoolView> Pools { get; init; } = [];

    /// <summary>How many flows consumers have released.</summary>
    public ReleasedView Released { get; init; } = new(0, 0, 0);

    /// <summary>Faults so far, such as an output that failed.</summary>
    public int Faults { get; init; }

    /// <summary>
    /// The time limit of a drain that ended before everything had arrived. The rest is counted as <see cref="DropReason.Shutdown"/>.
    /// </summary>
    public TimeSpan? DrainCutAfter { get; init; }

    /// <summary>The actors that did not stop when everything was to end, and were left to themselves.</summary>
    public IReadOnlyList<string> LeftBehind { get; init; } = [];

    /// <summary>Packets on their way to other nodes, which have not disposed them. They are part of what is in flight.</summary>
    public long OnWire { get; init; }

    /// <summary>
    /// Packets that were sent to a node once more, or to another, because a connection or a node was gone. They count once in the books.
    /// </summary>
    public long Resent { get; init; }

    /// <summary>The links over which packets go to other nodes.</summary>
    public IReadOnlyList<LinkOutView> LinksOut { get; init; } = [];

    /// <summary>The links over which packets of other nodes come.</summary>
    public IReadOnlyList<LinkInView> LinksIn { get; init; } = [];

    /// <summary>The most bundles that a mailbox holds; a further one is dropped as <see cref="DropReason.MailboxFull"/>.</summary>
    public int MailboxBound { get; init; }

    /// <summary>The cluster as this node sees it; null for a node of none.</summary>
    public ClusterView? Cluster { get; init; }

    /// <summary>
    /// Whether the books balance: exactly at rest, else within what the pools can hold. At rest every page is home, except those of actors
    /// that were left behind. Their packets are counted.
    /// </summary>
    public bool Balanced =>
        !AtRest ? Ledger.BalancesRunning : Ledger.BalancesAtRest || (LeftBehind.Count > 0 && Ledger.InFlight == default);
}

/// <summary>A rate per second.</summary>
/// <param name="Packets">Packets per second.</param>
/// <param name="Bytes">Captured bytes per second.</param>
public readonly record struct Rate(double Packets, double Bytes);

/// <summary>What came and went per second.</summary>
public readonly record struct LedgerRates(Rate Received, Rate Delivered, Rate Passed, Rate Dropped);

/// <summary>Where a pipeline's packets come from.</summary>
/// <param name="Name">The interface, the capture file or the simulation.</param>
/// <param name="Words">How it is read, on one line, as the system reported it at the start; null where nothing is to be said.</param>
public sealed record SourceView(string Name, string? Words);

/// <summary>What one NIC queue took in.</summary>
/// <param name="Name">The queue's name, such as <c>pcap:0</c>.</param>
/// <param name="Received">Packets and captured bytes, including those that the device passed by itself.</param>
/// <param name="Bundles">Bundles that the packets came in. Packets that the device passed came in none.</param>
public sealed record QueueView(string Name, PacketTally Received, long Bundles)
{
    /// <summary>What it received per second.</summary>
    public Rate Rate { get; init; }

    /// <summary>What its actor does.</summary>
    public QueueState State { get; init; }

    /// <summary>
    /// Why its source gives nothing now and is asked again, such as an interface that is down; null while it gives packets.
    /// </summary>
    public string? Trouble { get; init; }

    /// <summary>The part that the device left to the normal stack by itself.</summary>
    public PacketTally PassedByDevice { get; init; }

    /// <summary>What the device left to the normal stack by itself, per second.</summary>
    public Rate PassedByDeviceRate { get; init; }

    /// <summary>Packets its device lost before they were received.</summary>
    public IReadOnlyDictionary<DeviceLoss, long> Lost { get; init; } = new Dictionary<DeviceLoss, long>();

    /// <summary>Packets that its device lost per second; only kinds that grew.</summary>
    public IReadOnlyDictionary<DeviceLoss, double> LostRates { get; init; } = new Dictionary<DeviceLoss, double>();
}

/// <summary>The bundles that wait in an actor's mailbox.</summary>
/// <param name="Depth">Bundles waiting.</param>
/// <param name="HighWater">The most that were seen waiting.</param>
/// <param name="OldestAge">How long the oldest has waited since its router began to fill it; zero while none waits.</param>
public readonly record struct MailboxView(int Depth, int HighWater, TimeSpan OldestAge);

/// <summary>The state of a router.</summary>
/// <param name="Name">The router's name, such as <c>router-pcap:0</c>.</param>
/// <param name="Queue">The queue before it.</param>
/// <param name="Generation">The rule set it marks by.</param>
/// <param name="Mailbox">The bundles that wait for it.</param>
/// <param name="Waits">Whether it waits because a route that may wait has no room.</param>
public sealed record RouterView(string Name, string Queue, int Generation, MailboxView Mailbox, bool Waits);

/// <summary>What one rule matched.</summary>
/// <param name="Name">The rule's name.</param>
/// <param name="Mark">The mark it sets.</param>
/// <param name="MarkMask">The bits of the mark it writes.</param>
/// <param name="Matched">Every packet it matched, <c>continue</c> or not.</param>
public sealed record RuleView(string Name, uint Mark, uint MarkMask, PacketTally Matched)
{
    /// <summary>What it matched per second.</summary>
    public Rate Rate { get; init; }
}

/// <summary>What one keep-out guard left to the normal stack.</summary>
/// <param name="Name">The guard's name.</param>
/// <param name="Kept">The packets, for which no rule was tried.</param>
public sealed record GuardView(string Name, PacketTally Kept)
{
    /// <summary>What it kept out per second.</summary>
    public Rate Rate { get; init; }
}

/// <summary>Memory of a queue, or of a route's copies.</summary>
/// <param name="Name">The pool's name.</param>
/// <param name="PagesOut">Pages in use.</param>
/// <param name="Pages">All of its pages.</param>
/// <param name="PageBytes">A page's size.</param>
public sealed record PoolView(string Name, int PagesOut, int Pages, int PageBytes);
