using System.Diagnostics;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>Reads a running pipeline's counters into a <see cref="PipelineView"/>. Any thread. It does not disturb the data path.</summary>
internal sealed class PipelineMeter
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly RateWindow _rates = new();
    private readonly Topology _topology;
    private readonly RunState _state;
    private readonly SourceView _source;
    private readonly ClusterNode? _cluster;
    private long _sequence;

    /// <param name="cluster">This node's part in its cluster; null for none.</param>
    public PipelineMeter(Topology topology, RunState state, ClusterNode? cluster = null)
    {
        (_topology, _state, _source, _cluster) = (topology, state, topology.Source, cluster);
        topology.Rules.LetGoOf = _rates.KeepOnly;
    }

    /// <summary>The age of the run.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    public PipelineView Read(bool atRest)
    {
        if (atRest) _clock.Stop();
        var view = ReadCounters(atRest);
        return atRest ? view : _rates.Rated(view);
    }

    /// <summary>Reads only what a history needs: no rule is looked at, however many there are.</summary>
    public HistoryReading ReadForHistory()
    {
        var consumers = _topology.Consumers;
        var mailboxes = _topology.Queues.Select(q => q.Router.Mailbox).Concat(consumers.Where(c => !c.HasLeft).Select(c => c.Figures.Mailbox));
        var (pagesOut, pages) = (0, 0);
        foreach (var pool in _topology.Ledger.Pools) (pagesOut, pages) = (pagesOut + pool.Outstanding, pages + pool.PageCount);
        return new HistoryReading(
            DateTimeOffset.UtcNow, _clock.Elapsed, _topology.Ledger.Read(),
            consumers.Aggregate(HandoffView.None, (sum, c) => sum.Plus(c.Figures.Handoff.Read())))
        {
            Pages = (pagesOut, pages),
            DeepestMailbox = mailboxes.Max(m => m?.Depth) ?? 0,
        };
    }

    private PipelineView ReadCounters(bool atRest)
    {
        var rules = atRest ? _topology.Rules.FinalCounts : _topology.Rules.Counts;

        // Read before the books: an instance becomes visible only after its group's accounts are in them.
        var consumers = _topology.Consumers;
        var ledger = _topology.Ledger.Read();
        return new PipelineView
        {
            Sequence = Interlocked.Increment(ref _sequence),
            SampledAt = DateTimeOffset.UtcNow,
            Generation = rules.Generation,
            Elapsed = _clock.Elapsed,
            Ledger = ledger,
            AtRest = atRest,
            Source = _source,
            Queues = [.. ledger.Queues.Zip(_topology.Queues, (q, of) => Queue(q, of.Queue))],
            Routers = [.. _topology.Queues.Select(q => Router(q.Queue, q.Router))],
            Routes = Routes(),
            Rules = rules.Rules,
            Guards = rules.Guards,
            Unmatched = rules.Unmatched,
            EarlierRules = rules.Earlier,
            // With an expression the device passes none; without one all packets are selected.
            Selected = _topology.Selection.Selected + ledger.PassedByDevice.Packets,
            SelectedBytes = _topology.Selection.SelectedBytes + ledger.PassedByDevice.Bytes,
            Consumers = [.. Groups(ledger, consumers.ToLookup(c => c.Group), atRest)],
            Pools = [.. _topology.Ledger.Pools.GroupBy(p => p.Name).Select(
                p => new PoolView(p.Key, p.Sum(o => o.Outstanding), p.Sum(o => o.PageCount), p.First().PageSize))],
            OnWire = _topology.Peers.Sum(LinkMeter.OnWire),
            LinksOut = [.. _topology.Peers.Select(LinkMeter.Of)],
            LinksIn = [.. (_topology.Door?.Guests ?? []).Select(LinkMeter.Of)],
            Resent = _topology.ResentBefore + _topology.Peers.Sum(p => p.Instances.Sum(i => i.Resent))
                + _topology.Routes.Plans.Sum(p => p.Lanes.Sum(l => l.Counters.Resent.Packets)),
            MailboxBound = _topology.Routes.MailboxBundles,
            Cluster = _cluster?.View,
            Released = new ReleasedView(_topology.Released.Count, _topology.Released.Capacity, _topology.Released.Refused),
            Faults = _state.Faults.Count,
            DrainCutAfter = _state.IsDrainCut ? _state.Drain : null,
            LeftBehind = _state.LeftBehind,
        };
    }

    private static QueueView Queue(QueueReading reading, QueueCell queue) => new(reading.Name, reading.Received, reading.Bundles)
    {
        Lost = reading.Lost,
        PassedByDevice = reading.PassedByDevice,
        Trouble = queue.Trouble,
        State = queue.State,
    };

    private static RouterView Router(QueueCell queue, RouterCell router) =>
        new(router.Name, queue.Queue.Name, router.Rules.InUse.Generation, Of(router.Mailbox), router.Mailbox?.IsGated ?? false);

    /// <summary>
    /// Every plan has a lane for every route, in the routes' order. A router might not have taken the latest plan yet. The implicit route of
    /// released packets is not shown: nobody wrote it, and its packets are counted elsewhere.
    /// </summary>
    private RouteView[] Routes()
    {
        var plans = _topology.Routes.Plans;
        return plans.Count == 0 ? [] : [.. plans[0].Lanes.Index().Where(l => !l.Item.Route.IsForReleased).Select(l => Route([.. plans.Select(plan => plan.Lanes[l.Index])]))];
    }

    private RouteView Route(IReadOnlyList<Lane> lanes) => new(
        lanes[0].Route,
        lanes[0].Overload,
        Sum(lanes, l => l.Counters.Taken),
        Dropped((DropReason.ShareExceeded, Sum(lanes, l => l.Counters.Refused)), (DropReason.DropOld, Sum(lanes, l => l.Counters.Evicted))),
        lanes.Sum(l => l.Share.Charged),
        lanes.Sum(l => l.Share.LimitPages))
    {
        Breaker = _topology.Routes.Breakers.Of(lanes[0]) is { } breaker ? BreakerView.Of(breaker) : null,
    };

    private static PacketTally Sum(IReadOnlyList<Lane> lanes, Func<Lane, PacketTally> of) =>
        lanes.Aggregate(default(PacketTally), (sum, lane) => sum + of(lane));

    private static Dictionary<DropReason, PacketTally> Dropped(params (DropReason Reason, PacketTally Tally)[] all) =>
        all.Where(d => d.Tally != default).ToDictionary(d => d.Reason, d => d.Tally);

    /// <summary>The groups that have or had instances here, and those that run on other nodes.</summary>
    private IEnumerable<ConsumerView> Groups(LedgerSnapshot ledger, ILookup<string, ConsumerInstance> instances, bool atRest) =>
        from account in ledger.Accounts
        where account.Kind is AccountKind.Consumer or AccountKind.Stack
        let options = _topology.Groups.OptionsOf(account.Name)
        where instances.Contains(account.Name) || options.On.Count > 0
        select Group(ledger, account, options, [.. instances[account.Name]], atRest);

    private static ConsumerView Group(
        LedgerSnapshot ledger, AccountReading account, ConsumerOptions options, IReadOnlyList<ConsumerInstance> instances, bool atRest)
    {
        var copies = ledger.Accounts.First(a => a.Name == options.Name && a.Kind == AccountKind.Copy);
        var present = instances.ToLookup(i => !i.HasLeft);
        return new ConsumerView(
            options.Name,
            KindName(options.Kind),
            account.Delivered + copies.Delivered,
            account.Bundles + copies.Bundles,
            instances.Sum(i => i.Figures.Restarts),
            [.. instances.SelectMany(i => i.Figures.Notes)])
        {
            Counters = Counters(instances),
            CopiesDelivered = copies.Delivered,
            ForOthers = instances.Aggregate(default(PacketTally), (sum, i) => sum + i.Figures.ForOthers),
            DroppedByReason = account.DroppedByReason,
            CopiesDroppedByReason = copies.DroppedByReason,
            CopiesReleased = copies.Released,
            Failure = atRest ? instances.Select(ConsumerFailures.WordsOf).FirstOrDefault(words => words is not null) : null,
            Instances = [.. present[true].Select(Instance)],
            EarlierHandoff = present[false].Aggregate(HandoffView.None, (sum, i) => sum.Plus(i.Figures.Handoff.Read())),
        };
    }

    private static IReadOnlyList<CounterView> Counters(IReadOnlyList<ConsumerInstance> instances) =>
    [
        .. instances.SelectMany(i => i.Context.Counters)
            .GroupBy(c => c.Name, (name, counters) => new CounterView(name, counters.Sum(c => c.Value)))
            .OrderBy(c => c.Name, StringComparer.Ordinal),
    ];

    private static ConsumerInstanceView Instance(ConsumerInstance instance)
    {
        var figures = instance.Figures;
        var failure = figures.LastFailure is { } last ? FailureWords.MessageOf(last) : null;
        var state = figures.IsPaused ? ConsumerState.Paused : figures.State;
        return new(instance.ActorName, state, figures.Restarts, failure, Of(figures.Mailbox), figures.Handoff.Read());
    }

    private static MailboxView Of(BundleQueue? mailbox) =>
        mailbox is null ? default : new(mailbox.Depth, mailbox.HighWater, mailbox.OldestAge);

    private static string KindName(ConsumerKind kind) => kind switch
    {
        ConsumerKind.AfPacket => "af_packet",
        ConsumerKind.Bypass => "bypass",
        _ => "stack",
    };
}
