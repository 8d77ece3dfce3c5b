using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Server;

/// <summary>A view as metrics. All figures of one scrape come from one reading of the books, so their sums are the ledger's.</summary>
internal static class Metrics
{
    /// <returns>Lines with their ends, made as they are enumerated.</returns>
    public static IEnumerable<string> Of(PipelineView view)
    {
        var text = new MetricsText();
        Packets(text, view);
        Drops(text, view);
        Rules(text, view);
        Actors(text, view);
        State(text, view);
        return text.Lines;
    }

    private static void Packets(MetricsText text, PipelineView view)
    {
        var (ledger, consumers) = (view.Ledger, view.Ledger.Accounts.Where(a => a.Kind == AccountKind.Consumer).ToList());
        text.Counter("pipeline_received_packets_total", "Packets received from the device.", view.Queues.Select(q => (Queue(q), q.Received.Packets)));
        text.Counter("pipeline_received_bytes_total", "Captured bytes of packets received.", view.Queues.Select(q => (Queue(q), q.Received.Bytes)));
        text.Counter("pipeline_received_bundles_total", "Bundles that queues filled.", view.Queues.Select(q => (Queue(q), q.Bundles)));
        text.Counter("pipeline_delivered_packets_total", "Packets whose final route led to a consumer, and that it took.", consumers.Select(c => (Consumer(c), c.Delivered.Packets)));
        text.Counter("pipeline_delivered_bytes_total", "Captured bytes of packets delivered.", consumers.Select(c => (Consumer(c), c.Delivered.Bytes)));
        text.Counter("pipeline_passed_packets_total", "Packets left or given to the normal stack.", ledger.Passed.Packets);
        text.Counter("pipeline_passed_bytes_total", "Captured bytes of packets passed.", ledger.Passed.Bytes);
        text.Counter("pipeline_passed_by_device_packets_total", "Packets passed, by the device alone.", ledger.PassedByDevice.Packets);
        text.Counter("pipeline_passed_by_device_bytes_total", "Captured bytes of those.", ledger.PassedByDevice.Bytes);
        text.Gauge("pipeline_in_flight_packets", "Packets received whose fate is open.", ledger.InFlight.Packets);
        text.Gauge("pipeline_in_flight_bytes", "Captured bytes of packets in flight.", ledger.InFlight.Bytes);
    }

    private static void Drops(MetricsText text, PipelineView view)
    {
        var copies = view.Ledger.Accounts.Where(a => a.Kind == AccountKind.Copy).ToList();
        text.Counter("pipeline_dropped_packets_total", "Packets dropped after they were received.", Dropped(view, t => t.Packets));
        text.Counter("pipeline_dropped_bytes_total", "Captured bytes of packets dropped.", Dropped(view, t => t.Bytes));
        text.Counter("pipeline_copies_total", "Copies of packets whose final route led elsewhere.", Fates(copies, t => t.Packets));
        text.Counter("pipeline_copies_bytes_total", "Captured bytes of copies.", Fates(copies, t => t.Bytes));
        text.Counter(
            "pipeline_device_lost_packets_total",
            "Packets that the device lost before they were received.",
            view.Queues.SelectMany(q => Enum.GetValues<DeviceLoss>(), (q, loss) => (MetricsText.Labels(("queue", q.Name), ("reason", loss.Name())), q.Lost.GetValueOrDefault(loss))));
    }

    private static void Rules(MetricsText text, PipelineView view)
    {
        text.Counter("pipeline_rule_packets_total", "Packets that a rule matched.", view.Rules.Select(r => (Rule(r), r.Matched.Packets)));
        text.Counter("pipeline_rule_bytes_total", "Captured bytes of packets that a rule matched.", view.Rules.Select(r => (Rule(r), r.Matched.Bytes)));
        if (view.Guards.Count > 0)
        {
            text.Counter("pipeline_guard_packets_total", "Packets that a keep-out guard left to the normal stack.", view.Guards.Select(g => (Guard(g), g.Kept.Packets)));
            text.Counter("pipeline_guard_bytes_total", "Captured bytes of packets that a keep-out guard left to the normal stack.", view.Guards.Select(g => (Guard(g), g.Kept.Bytes)));
        }

        text.Counter("pipeline_unmatched_packets_total", "Packets that no rule matched.", view.Unmatched.Packets);
        text.Counter("pipeline_unmatched_bytes_total", "Captured bytes of packets that no rule matched.", view.Unmatched.Bytes);
        text.Counter("pipeline_earlier_rules_packets_total", "Packets matched by rules that are not in force any more.", view.EarlierRules.Packets);
        text.Counter("pipeline_earlier_rules_bytes_total", "Captured bytes of packets matched by rules that are not in force any more.", view.EarlierRules.Bytes);
        text.Gauge("pipeline_generation", "The rule set in force.", view.Generation);
    }

    private static void Actors(MetricsText text, PipelineView view)
    {
        var instances = view.Consumers.SelectMany(c => c.Instances).ToList();
        var mailboxes = view.Routers.Select(r => (Actor(r.Name), r.Mailbox)).Concat(instances.Select(i => (Actor(i.Actor), i.Mailbox))).ToList();
        text.Gauge("pipeline_mailbox_depth", "Bundles waiting in a mailbox.", mailboxes.Select(m => (m.Item1, (long)m.Mailbox.Depth)));
        text.Gauge("pipeline_mailbox_high_water", "The most bundles seen waiting in a mailbox.", mailboxes.Select(m => (m.Item1, (long)m.Mailbox.HighWater)));
        text.Counter("pipeline_actor_restarts_total", "Times an actor was restarted after a failure.", instances.Select(i => (Actor(i.Actor), (long)i.Restarts)));
        text.Counter(
            "pipeline_handler_total",
            "What a handler counts itself.",
            view.Consumers.SelectMany(c => c.Counters, (c, counter) => (MetricsText.Labels(("consumer", c.Name), ("counter", counter.Name)), counter.Value)));
        var handoff = view.Consumers.Aggregate(HandoffView.None, (sum, c) => sum.Plus(c.Handoff));
        text.Histogram(
            "pipeline_handoff_seconds",
            "From when a router began to fill a bundle to when its consumer took it.",
            HandoffView.BucketSeconds,
            handoff.Counts,
            handoff.TotalSeconds);
    }

    private static void State(MetricsText text, PipelineView view)
    {
        text.Gauge("pipeline_ledger_balanced", "1 while received = delivered + passed + dropped + in flight, else 0.", view.Balanced ? 1L : 0L);
        text.Gauge("pipeline_pool_pages_out", "Pages of a pool in use.", view.Pools.Select(p => (Pool(p), (long)p.PagesOut)));
        text.Gauge("pipeline_pool_pages", "Pages of a pool.", view.Pools.Select(p => (Pool(p), (long)p.Pages)));
        text.Counter("pipeline_faults_total", "Faults that were told, such as an output that failed.", (long)view.Faults);
        text.Gauge("pipeline_uptime_seconds", "Since the pipeline was started.", view.Elapsed.TotalSeconds);
        text.Counter("process_gc_pause_seconds_total", "Time the garbage collector held the program up.", GC.GetTotalPauseDuration().TotalSeconds);
        text.Counter("process_allocated_bytes_total", "Bytes allocated on the managed heap.", GC.GetTotalAllocatedBytes());
        text.Gauge("process_resident_memory_bytes", "Resident memory.", Environment.WorkingSet);
    }

    /// <summary>Dropped packets by the account that they were counted in: a consumer's or a stage's.</summary>
    private static IEnumerable<(string Labels, long Value)> Dropped(PipelineView view, Func<PacketTally, long> of) =>
        from account in view.Ledger.Accounts
        where account.Kind != AccountKind.Copy
        from dropped in account.DroppedByReason
        select (MetricsText.Labels(("stage", account.Name), ("reason", dropped.Key.Name())), of(dropped.Value));

    private static IEnumerable<(string Labels, long Value)> Fates(List<AccountReading> copies, Func<PacketTally, long> of) => copies.SelectMany(c => new[]
    {
        (MetricsText.Labels(("consumer", c.Name), ("fate", "delivered")), of(c.Delivered)),
        (MetricsText.Labels(("consumer", c.Name), ("fate", "dropped")), of(c.Dropped)),
    });

    private static string Queue(QueueView queue) => MetricsText.Labels(("queue", queue.Name));

    private static string Consumer(AccountReading account) => MetricsText.Labels(("consumer", account.Name));

    private static string Rule(RuleView rule) => MetricsText.Labels(("rule", rule.Name));

    private static string Guard(GuardView guard) => MetricsText.Labels(("guard", guard.Name));

    private static string Actor(string name) => MetricsText.Labels(("actor", name));

    private static string Pool(PoolView pool) => MetricsText.Labels(("pool", pool.Name));
}
