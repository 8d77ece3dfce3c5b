using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Server;

/// <summary>Where packets come from, up to the rules.</summary>
internal sealed partial class TopologyGraph
{
    private void AddSourcesAndQueues()
    {
        var sources = _view.Queues.GroupBy(q => SourceOf(q.Name)).ToList();
        foreach (var source in sources) AddSource(source.Key, sources.Count == 1 ? _view.Source?.Name ?? source.Key : source.Key, [.. source]);

        // A node of a cluster may have none, and takes packets of others.
        if (sources.Count == 0) AddSource(_view.Source?.Name ?? "none", _view.Source?.Name ?? "none", []);
        foreach (var queue in _view.Queues) AddQueue(queue);
    }

    /// <summary>The device in the name of a queue: <c>eth0</c> of <c>eth0:1</c>.</summary>
    private static string SourceOf(string queue) => queue.LastIndexOf(':') is > 0 and var colon ? queue[..colon] : queue;

    private void AddSource(string id, string name, IReadOnlyList<QueueView> queues)
    {
        var received = PacketTally.Sum(queues.Select(q => q.Received));
        var isDown = queues.Count > 0 && queues.All(q => q.Trouble is not null) && !_view.AtRest;
        Add(new TopologyNodeJson(
            $"source:{id}", "source", name, 0, isDown ? "backing-off" : Running,
            _view.Source?.Words ?? (queues.Count == 1 ? "1 queue" : $"{queues.Count} queues"),
            RateJson.Of(Sum(queues.Select(q => q.Rate))), received.Packets, received.Bytes,
            Lost: LossesJson.Of(LostOf(queues)), LostRate: LostRate(queues)));
    }

    private void AddQueue(QueueView queue)
    {
        var id = $"queue:{queue.Name}";
        var router = _view.Routers.FirstOrDefault(r => r.Queue == queue.Name);
        var dropped = _view.Ledger.Accounts.FirstOrDefault(a => a.Kind == AccountKind.Stage && a.Name == queue.Name)?.DroppedByReason;
        var state = StateOf(queue, router);
        Add(new TopologyNodeJson(
            id, "queue", queue.Name, 1, state, WordsOf(queue, state), RateJson.Of(queue.Rate), queue.Received.Packets, queue.Received.Bytes,
            dropped is null ? null : DropsJson.Of(dropped), null, LossesJson.Of(queue.Lost), LostRate([queue]), router is null ? null : Of([router.Mailbox])));
        _edges.Add(new($"source:{SourceOf(queue.Name)}", id, RateJson.Of(queue.Rate), queue.Received.Packets, queue.Received.Bytes));
        var left = queue.Received - queue.PassedByDevice;
        _edges.Add(new(id, RulesId, RateJson.Of(Minus(queue.Rate, queue.PassedByDeviceRate)), left.Packets, left.Bytes));
        if (queue.PassedByDevice == default) return;
        _edges.Add(new(id, ConsumerId("stack"), RateJson.Of(queue.PassedByDeviceRate), queue.PassedByDevice.Packets, queue.PassedByDevice.Bytes));
    }

    private void AddRules()
    {
        var left = PacketTally.Sum(_view.Queues.Select(q => q.Received - q.PassedByDevice));
        var rate = Minus(Sum(_view.Queues.Select(q => q.Rate)), Sum(_view.Queues.Select(q => q.PassedByDeviceRate)));
        var waits = !_view.AtRest && _view.Routers.Any(r => r.Waits);
        var words = $"generation {_view.Generation}: {Number(_view.Rules.Count, "rule")}, {Number(_view.Guards.Count, "guard")}; "
            + $"{Figures.Count(_view.Unmatched.Packets)} packets matched no rule";
        Add(new TopologyNodeJson(
            RulesId, "rules", "rules", 2, waits ? "waiting" : Running, words, RateJson.Of(rate), left.Packets, left.Bytes,
            Mailbox: _view.Routers.Count == 0 ? null : Of([.. _view.Routers.Select(r => r.Mailbox)])));
    }

    private string StateOf(QueueView queue, RouterView? router) => queue.State switch
    {
        QueueState.Ended => "ended",
        _ when _view.AtRest => "ended",
        QueueState.BackingOff or QueueState.Draining or QueueState.Starting => JsonWord.Of(queue.State),
        QueueState.WaitingForPage or QueueState.WaitingForRouter => "waiting",
        _ => router?.Waits == true ? "waiting" : "running",
    };

    private static string WordsOf(QueueView queue, string state) => state switch
    {
        "backing-off" => queue.Trouble ?? "its source gives nothing",
        "waiting" when queue.State == QueueState.WaitingForPage => "waits until consumers give a page back",
        "waiting" when queue.State == QueueState.WaitingForRouter => "waits until its router has routed more",
        "waiting" => "its router waits, because a route that may wait has no room",
        _ when queue.Bundles == 0 => "no bundles yet",
        _ => $"{Figures.Count(queue.Bundles)} bundles of {Figures.Short((queue.Received - queue.PassedByDevice).Packets / (double)queue.Bundles)} packets on average",
    };

    private static string Number(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static Dictionary<DeviceLoss, long> LostOf(IReadOnlyList<QueueView> queues) =>
        queues.SelectMany(q => q.Lost).GroupBy(l => l.Key).OrderBy(l => l.Key).ToDictionary(l => l.Key, l => l.Sum(p => p.Value));

    private static double LostRate(IReadOnlyList<QueueView> queues) => Math.Round(queues.Sum(q => q.LostRates.Values.Sum()), 1);
}
