using Pipeline.Actors.Cluster;
using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Every metric of a pipeline, as a view has it. <c>/metrics</c> shows all of them, and so does the meter <see cref="MeterName"/>: both are
/// made of this list, so neither has what the other lacks. Handoff times are not among them, because a histogram is no single value: see
/// <see cref="HandoffView"/>.
/// </summary>
public static class PipelineMetrics
{
    /// <summary>The name of the meter, and of the source of spans.</summary>
    public const string MeterName = "Pipeline";

    /// <summary>The name of the histogram of handoff times on <c>/metrics</c>.</summary>
    public const string Handoff = "pipeline_handoff_seconds";

    /// <summary>What the histogram of handoff times says.</summary>
    public const string HandoffHelp = "From when a router began to fill a bundle to when its consumer took it.";

    private const string Packets = "{packet}";
    private const string Bytes = "By";
    private const string Bundles = "{bundle}";
    private const string Pages = "{page}";

    /// <summary>All of them, those of one subject together.</summary>
    public static IReadOnlyList<PipelineMetric> All { get; } = [.. Flow, .. Drops, .. Rules, .. Actors, .. State];

    private static IEnumerable<PipelineMetric> Flow =>
    [
        Counter("received_packets", Packets, "Packets received from the device.", v => v.Queues.Select(q => Of("queue", q.Name, q.Received.Packets))),
        Counter("received_bytes", Bytes, "Captured bytes of packets received.", v => v.Queues.Select(q => Of("queue", q.Name, q.Received.Bytes))),
        Counter("received_bundles", Bundles, "Bundles that queues filled.", v => v.Queues.Select(q => Of("queue", q.Name, q.Bundles))),
        Counter("delivered_packets", Packets, "Packets whose final route led to a consumer, and that it took.", v => Consumers(v).Select(c => Of("consumer", c.Name, c.Delivered.Packets))),
        Counter("delivered_bytes", Bytes, "Captured bytes of packets delivered.", v => Consumers(v).Select(c => Of("consumer", c.Name, c.Delivered.Bytes))),
        Counter("passed_packets", Packets, "Packets left or given to the normal stack.", v => One(v.Ledger.Passed.Packets)),
        Counter("passed_bytes", Bytes, "Captured bytes of packets passed.", v => One(v.Ledger.Passed.Bytes)),
        Counter("passed_by_device_packets", Packets, "Packets passed, by the device alone.", v => One(v.Ledger.PassedByDevice.Packets)),
        Counter("passed_by_device_bytes", Bytes, "Captured bytes of those.", v => One(v.Ledger.PassedByDevice.Bytes)),
        Counter("passed_released_packets", Packets, "Packets passed because a handler had released their flow.", v => One(v.Ledger.PassedReleased.Packets)),
        Counter("passed_released_bytes", Bytes, "Captured bytes of those.", v => One(v.Ledger.PassedReleased.Bytes)),
        Gauge("in_flight_packets", Packets, "Packets received whose fate is open.", v => One(v.Ledger.InFlight.Packets)),
        Gauge("in_flight_bytes", Bytes, "Captured bytes of packets in flight.", v => One(v.Ledger.InFlight.Bytes)),
    ];

    private static IEnumerable<PipelineMetric> Drops =>
    [
        Counter("dropped_packets", Packets, "Packets dropped after they were received.", v => Dropped(v, t => t.Packets)),
        Counter("dropped_bytes", Bytes, "Captured bytes of packets dropped.", v => Dropped(v, t => t.Bytes)),
        Counter("copies", Packets, "Copies of packets whose final route led elsewhere; those of released flows were not made.", v => Fates(v, t => t.Packets)),
        Counter("copies_bytes", Bytes, "Captured bytes of copies.", v => Fates(v, t => t.Bytes)),
        Counter("device_lost_packets", Packets, "Packets that the device lost before they were received.", Lost),
    ];

    private static IEnumerable<PipelineMetric> Rules =>
    [
        Counter("rule_packets", Packets, "Packets that a rule matched.", v => v.Rules.Select(r => Of("rule", r.Name, r.Matched.Packets))),
        Counter("rule_bytes", Bytes, "Captured bytes of packets that a rule matched.", v => v.Rules.Select(r => Of("rule", r.Name, r.Matched.Bytes))),
        Counter("guard_packets", Packets, "Packets that a keep-out guard left to the normal stack.", v => v.Guards.Select(g => Of("guard", g.Name, g.Kept.Packets))) with { IsOptional = true },
        Counter("guard_bytes", Bytes, "Captured bytes of packets that a keep-out guard left to the normal stack.", v => v.Guards.Select(g => Of("guard", g.Name, g.Kept.Bytes))) with { IsOptional = true },
        Counter("unmatched_packets", Packets, "Packets that no rule matched.", v => One(v.Unmatched.Packets)),
        Counter("unmatched_bytes", Bytes, "Captured bytes of packets that no rule matched.", v => One(v.Unmatched.Bytes)),
        Counter("earlier_rules_packets", Packets, "Packets matched by rules that are not in force any more.", v => One(v.EarlierRules.Packets)),
        Counter("earlier_rules_bytes", Bytes, "Captured bytes of packets matched by rules that are not in force any more.", v => One(v.EarlierRules.Bytes)),
        Gauge("generation", null, "The rule set in force.", v => One(v.Generation)),
    ];

    private static IEnumerable<PipelineMetric> Actors =>
    [
        Gauge("mailbox_depth", Bundles, "Bundles waiting in a mailbox.", v => Mailboxes(v, m => m.Depth)),
        Gauge("mailbox_high_water", Bundles, "The most bundles seen waiting in a mailbox.", v => Mailboxes(v, m => m.HighWater)),
        Gauge("mailbox_bound", Bundles, "The most bundles that a mailbox holds.", v => One(v.MailboxBound)),
        Counter("actor_restarts", "{restart}", "Times an actor was restarted after a failure.", v => Instances(v).Select(i => Of("actor", i.Actor, i.Restarts))),
        Counter("handler", null, "What a handler counts itself.", v => v.Consumers.SelectMany(c => c.Counters, (c, counter) => Of(("consumer", c.Name), ("counter", counter.Name), counter.Value))),
    ];

    private static IEnumerable<PipelineMetric> State =>
    [
        Gauge("ready", null, "1 while the pipeline is ready, else 0; the reasons are on /health/ready.", v => One(PipelineHealth.Of(v).IsReady ? 1 : 0)),
        Gauge("ledger_balanced", null, "1 while received = delivered + passed + dropped + in flight, else 0.", v => One(v.Balanced ? 1 : 0)),
        Gauge("pool_pages_out", Pages, "Pages of a pool in use.", v => v.Pools.Select(p => Of("pool", p.Name, p.PagesOut))),
        Gauge("pool_pages", Pages, "Pages of a pool.", v => v.Pools.Select(p => Of("pool", p.Name, p.Pages))),
        Gauge("breaker_open", null, "1 while a route's packets go to the normal stack because its breaker is open, else 0.", v => Breakers(v, b => b.IsOpen ? 1 : 0)) with { IsOptional = true },
        Counter("breaker_openings", "{opening}", "Times the breaker of a route has opened.", v => Breakers(v, b => b.Openings)) with { IsOptional = true },
        Gauge("released_flows", "{flow}", "Flows that consumers have released.", v => One(v.Released.Flows)),
        Gauge("released_flows_bound", "{flow}", "The most flows that can be released.", v => One(v.Released.Capacity)),
        Counter("releases_refused", "{release}", "Releases that came to nothing because there was no room.", v => One(v.Released.Refused)),
        Gauge("cluster_members", "{member}", "Members of the cluster as this node sees them; unreachable ones are counted there alone.", Members) with { IsOptional = true },
        Counter("faults", "{fault}", "Faults that were told, such as an output that failed.", v => One(v.Faults)),
        Gauge("uptime_seconds", "s", "Since the pipeline was started.", v => [new MetricSample([], 0) { Seconds = v.Elapsed.TotalSeconds }]),
    ];

    private static PipelineMetric Counter(string name, string? unit, string help, Func<PipelineView, IEnumerable<MetricSample>> samples) =>
        new($"pipeline_{name}_total", PipelineMetricKind.Counter, unit, help) { Samples = samples };

    private static PipelineMetric Gauge(string name, string? unit, string help, Func<PipelineView, IEnumerable<MetricSample>> samples) =>
        new($"pipeline_{name}", PipelineMetricKind.Gauge, unit, help) { Samples = samples };

    private static IEnumerable<AccountReading> Consumers(PipelineView view) => view.Ledger.Accounts.Where(a => a.Kind == AccountKind.Consumer);

    private static IEnumerable<ConsumerInstanceView> Instances(PipelineView view) => view.Consumers.SelectMany(c => c.Instances);

    /// <summary>Dropped packets by the account that they were counted in: a consumer's or a stage's.</summary>
    private static IEnumerable<MetricSample> Dropped(PipelineView view, Func<PacketTally, long> of) =>
        from account in view.Ledger.Accounts
        where account.Kind != AccountKind.Copy
        from dropped in account.DroppedByReason
        select Of(("stage", account.Name), ("reason", dropped.Key.Name()), of(dropped.Value));

    private static IEnumerable<MetricSample> Fates(PipelineView view, Func<PacketTally, long> of) =>
        view.Ledger.Accounts.Where(a => a.Kind == AccountKind.Copy).SelectMany(c => new[]
        {
            Of(("consumer", c.Name), ("fate", "delivered"), of(c.Delivered)),
            Of(("consumer", c.Name), ("fate", "dropped"), of(c.Dropped)),
            Of(("consumer", c.Name), ("fate", "released"), of(c.Released)),
        });

    /// <summary>Routes have no names. Two of one consumer and one mark are one: the second gets no packets.</summary>
    private static IEnumerable<MetricSample> Breakers(PipelineView view, Func<BreakerView, long> of) =>
        from route in view.Routes
        where route.Breaker is not null
        group of(route.Breaker!) by (Consumer: route.Options.To, Mark: route.Mark) into one
        select Of(("consumer", one.Key.Consumer), ("mark", one.Key.Mark), one.Max());

    private static IEnumerable<MetricSample> Lost(PipelineView view) => view.Queues.SelectMany(
        q => Enum.GetValues<DeviceLoss>(), (q, loss) => Of(("queue", q.Name), ("reason", loss.Name()), q.Lost.GetValueOrDefault(loss)));

    private static IEnumerable<MetricSample> Mailboxes(PipelineView view, Func<MailboxView, long> of) =>
        view.Routers.Select(r => Of("actor", r.Name, of(r.Mailbox))).Concat(Instances(view).Select(i => Of("actor", i.Actor, of(i.Mailbox))));

    private static IEnumerable<MetricSample> Members(PipelineView view)
    {
        if (view.Cluster is not { } cluster) return [];
        var unreachable = cluster.Members.Count(m => !m.IsReachable);
        return Enum.GetValues<ClusterMemberStatus>()
            .Select(s => Of("status", s == ClusterMemberStatus.WeaklyUp ? "weakly-up" : s.ToString().ToLowerInvariant(), cluster.Members.Count(m => m.IsReachable && m.Status == s)))
            .Append(Of("status", "unreachable", unreachable));
    }

    private static IEnumerable<MetricSample> One(long value) => [new MetricSample([], value)];

    private static MetricSample Of(string label, string name, long value) => new([new(label, name)], value);

    private static MetricSample Of((string Label, string Name) first, (string Label, string Name) second, long value) =>
        new([new(first.Label, first.Name), new(second.Label, second.Name)], value);
}
