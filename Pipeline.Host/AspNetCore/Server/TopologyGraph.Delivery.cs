using Pipeline.Actors.Telemetry;
using Pipeline.Host.Schema;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Server;

/// <summary>Where packets go to, from the routes on.</summary>
internal sealed partial class TopologyGraph
{
    private void AddRoutes()
    {
        for (var i = 0; i < _view.Routes.Count; i++) AddRoute($"route:{i + 1}", _view.Routes[i]);
    }

    private void AddRoute(string id, RouteView route)
    {
        var (options, rate, dropped) = (route.Options, RateJson.Of(route.Rate), DropsJson.Of(route.DroppedByReason));
        var mark = options.MarkMask == 0 ? "any" : MarkNumber.Text(options.Mark, options.MarkMask);
        var isFull = !_view.AtRest && route.PagesLimit > 0 && route.Pages >= route.PagesLimit;
        var words = $"{(options.Copy ? "copies" : "takes")} {(options.OnlySelected ? "selected packets with " : "")}mark {mark}; "
            + $"holds {route.Pages} of {route.PagesLimit} pages, then {JsonWord.Of(route.Overload)}";
        if (route.Breaker is { IsOpen: true }) words += "; its breaker is open, and its packets go to the normal stack";
        var state = route.Breaker is { IsOpen: true } ? "open" : isFull ? "full" : Running;
        Add(new TopologyNodeJson(
            id, "route", $"{mark} to {options.To}", 3, state, words, rate, route.Taken.Packets, route.Taken.Bytes,
            dropped, RateJson.Of(route.DroppedRate)));
        _edges.Add(new(RulesId, id, rate, route.Taken.Packets, route.Taken.Bytes, mark, options.Copy, dropped, RateJson.Of(route.DroppedRate)));
        _edges.Add(new(id, ConsumerId(options.To), rate, route.Taken.Packets, route.Taken.Bytes, mark, options.Copy));
    }

    private void AddConsumers()
    {
        foreach (var consumer in _view.Consumers) AddConsumer(consumer);
    }

    private void AddConsumer(ConsumerView consumer)
    {
        var state = StateOf(consumer);
        Add(new TopologyNodeJson(
            ConsumerId(consumer.Name), "consumer", consumer.Name, 4, state, WordsOf(consumer, state), RateJson.Of(consumer.Rate),
            consumer.Delivered.Packets, consumer.Delivered.Bytes, DropsJson.Of(consumer.DroppedByReason), RateJson.Of(consumer.DroppedRate),
            Mailbox: consumer.Instances.Count == 0 ? null : Of([.. consumer.Instances.Select(i => i.Mailbox)]),
            ConsumerKind: consumer.Kind, Instances: consumer.Instances.Count, Restarts: consumer.Restarts,
            HandoffP99Microseconds: HandoffJson.Of(consumer.Handoff).P99Microseconds));
    }

    /// <summary>The worst state of its instances: one that failed must be seen although ten others run.</summary>
    private string StateOf(ConsumerView consumer)
    {
        var states = consumer.Instances.Select(i => i.State).ToHashSet();
        if (states.Count == 0) return LinksTo(consumer).Count > 0 ? "remote" : _view.AtRest ? "ended" : "vacant";
        ConsumerState[] worstFirst =
            [ConsumerState.Failed, ConsumerState.BackingOff, ConsumerState.Paused, ConsumerState.Starting, ConsumerState.Running, ConsumerState.Completed];
        return JsonWord.Of(worstFirst.First(states.Contains));
    }

    private string WordsOf(ConsumerView consumer, string state)
    {
        var links = LinksTo(consumer);
        var elsewhere = links.Count == 0 ? "" : $", and instances on {string.Join(", ", links.Select(l => l.Node).Distinct())}";
        var words = $"{consumer.Kind}, {(state == "vacant" ? "no node runs it" : Number(consumer.Instances.Count, "instance") + elsewhere)}";
        var failure = consumer.Failure ?? consumer.Instances.Select(i => i.LastFailure).FirstOrDefault(f => f is not null);
        return failure is null ? words : $"{words}; last failure: {failure}";
    }

    private List<LinkOutView> LinksTo(ConsumerView consumer) => [.. _view.LinksOut.Where(l => GroupsOf(l).Contains(consumer.Name))];

    /// <summary>The consumers that packets on a link are for: <c>flows</c> of <c>flows n2/0</c>.</summary>
    private static IEnumerable<string> GroupsOf(LinkOutView link) => link.Instances.Select(i => i[..i.LastIndexOf(' ')]).Distinct();

    private void AddOtherNodes()
    {
        foreach (var links in _view.LinksOut.GroupBy(l => l.Node)) AddOtherNode(links.Key, [.. links]);
    }

    /// <param name="links">One for each life of the node.</param>
    private void AddOtherNode(string name, IReadOnlyList<LinkOutView> links)
    {
        var (id, sent, rate) = ($"node:{name}", PacketTally.Sum(links.Select(l => l.Sent)), RateJson.Of(Sum(links.Select(l => l.Rate))));
        var instances = links.SelectMany(l => l.Instances).ToList();
        var words = $"runs {(instances.Count == 0 ? "nothing of this node's any more" : string.Join(", ", instances))}; {links.Sum(l => l.PacketsInFlight)} packets in flight";
        Add(new TopologyNodeJson(id, "node", name, 5, _view.AtRest ? "ended" : JsonWord.Of(links[^1].State), words, rate, sent.Packets, sent.Bytes));
        var groups = links.SelectMany(GroupsOf).Distinct().ToList();

        // A link counts the packets of all its consumers together.
        foreach (var group in groups)
            _edges.Add(groups.Count == 1 ? new(ConsumerId(group), id, rate, sent.Packets, sent.Bytes) : new(ConsumerId(group), id, null, null, null));
    }
}
