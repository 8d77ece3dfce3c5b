using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Live;

/// <summary>A snapshot as tables.</summary>
internal static class LiveSections
{
    public static LiveSection Consumers(SnapshotJson snapshot) => new(
        "consumer",
        [
            new("kind", 100, IsWord: true), new("state", 80, IsWord: true), new("packets", 60), new("pkt/s", 40), new("bit/s", 100),
            new("queued", 80), new("p99", 100), new("copies lost", 80), new("dropped"),
        ],
        [.. snapshot.Consumers.Select(Consumer)]);

    public static LiveSection Queues(SnapshotJson snapshot) => new(
        "queue",
        [new("packets", 60), new("pkt/s", 40), new("bit/s", 80), new("lost")],
        [.. snapshot.Queues.Select(q => Row(q.Name, q.Packets, q.Rate, q.DeviceLost.Packets, [Count(q.Packets), PerSecond(q.Rate), Bits(q.Rate), Loss(q.DeviceLost.Packets)]))]);

    public static LiveSection Rules(SnapshotJson snapshot)
    {
        var rows = snapshot.Rules.Select(r => Rule(r.Name, r.Mark, r.Packets, r.Rate)).ToList();
        if (snapshot.Guards.Count > 0)
        {
            var rate = new RateJson(snapshot.Guards.Sum(g => g.Rate?.Packets ?? 0), snapshot.Guards.Sum(g => g.Rate?.Bytes ?? 0));
            rows.Add(Rule("kept out", "", snapshot.Guards.Sum(g => g.Packets), rate));
        }

        rows.Add(Rule("unmatched", "", snapshot.Unmatched.Packets, snapshot.Unmatched.Rate));
        return new("rule", [new("mark", 60, IsWord: true), new("packets"), new("pkt/s", 40), new("bit/s", 80)], rows);
    }

    public static LiveSection Routes(SnapshotJson snapshot) => new(
        "route to",
        [new("mark", 60, IsWord: true), new("beyond its share", 100, IsWord: true), new("pages held", 80), new("packets", 60), new("pkt/s", 40), new("dropped")],
        [.. snapshot.Routes.Select(Route)]);

    /// <summary>Everything that was lost, with where and why.</summary>
    public static LiveSection Losses(SnapshotJson snapshot)
    {
        List<LiveRow> rows =
        [
            .. snapshot.Queues.SelectMany(q => Lost(q.Name, q.DeviceLost.Reasons)),
            .. snapshot.Stages.SelectMany(s => Lost(s.Name, s.Dropped.Reasons)),
            .. snapshot.Consumers.SelectMany(c => Lost(c.Name, c.Dropped.Reasons)),
            .. snapshot.Consumers.Where(c => c.Copies.Dropped > 0).Select(c => LostRow(c.Name, "copies", c.Copies.Dropped)),
        ];
        return new("lost at", [new("why", IsWord: true), new("packets")], rows);
    }

    private static IEnumerable<LiveRow> Lost(string where, IReadOnlyDictionary<string, long> reasons) =>
        reasons.Where(r => r.Value > 0).Select(r => LostRow(where, r.Key, r.Value));

    private static LiveRow LostRow(string where, string why, long packets) => new(where, [new(why), Loss(packets)], packets, 0, packets);

    private static LiveRow Consumer(ConsumerJson consumer)
    {
        var instances = consumer.Instances ?? [];
        var slowest = instances.Max(i => i.Handoff.P99Microseconds);
        var unwell = instances.FirstOrDefault(i => i.State is not ("running" or "starting"));
        return Row(consumer.Name, consumer.Packets, consumer.Rate, consumer.Dropped.Packets + consumer.Copies.Dropped,
        [
            new(consumer.Kind), unwell is null ? new("running") : new(unwell.State, Ink.Poor), Count(consumer.Packets), PerSecond(consumer.Rate), Bits(consumer.Rate),
            Count(instances.Sum(i => (long)i.Mailbox.Depth)), new(slowest is { } us ? Figures.Time(us / 1e6) : "-"), Loss(consumer.Copies.Dropped), Loss(consumer.Dropped.Packets),
        ]);
    }

    private static LiveRow Rule(string name, string mark, long packets, RateJson? rate) =>
        Row(name, packets, rate, 0, [new(mark), Count(packets), PerSecond(rate), Bits(rate)]);

    private static LiveRow Route(RouteJson route) =>
        Row(route.To + (route.Copy ? " (copy)" : ""), route.Packets, route.Rate, route.Dropped.Packets,
        [
            new(route.Mark ?? "all"), route.Breaker is { Open: true } ? new("open", Ink.Poor) : new(route.Overload), new($"{route.PagesHeld} / {route.PagesLimit}"), Count(route.Packets), PerSecond(route.Rate), Loss(route.Dropped.Packets),
        ]);

    private static LiveRow Row(string name, long packets, RateJson? rate, long lost, IReadOnlyList<Piece> cells) => new(name, cells, packets, rate?.Packets ?? 0, lost);

    private static Piece Count(long packets) => new(Figures.Count(packets));

    private static Piece Loss(long packets) => new(Figures.Count(packets), packets > 0 ? Ink.Bad : Ink.Plain);

    private static Piece PerSecond(RateJson? rate) => new(Figures.Short(rate?.Packets ?? 0));

    private static Piece Bits(RateJson? rate) => new(Figures.Bits(new(rate?.Packets ?? 0, rate?.Bytes ?? 0)));
}
