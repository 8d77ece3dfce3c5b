using Pipeline.Actors.Telemetry;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>The parts of a pipeline and the ways between them, read from one view.</summary>
internal sealed partial class TopologyGraph
{
    private const string RulesId = "rules";

    private readonly PipelineView _view;
    private readonly List<TopologyNodeJson> _nodes = [];
    private readonly List<TopologyEdgeJson> _edges = [];
    private readonly HashSet<string> _ids = [];

    private TopologyGraph(PipelineView view)
    {
        _view = view;
        AddSourcesAndQueues();
        AddRules();
        AddRoutes();
        AddConsumers();
        AddOtherNodes();

        // Edges to consumers come with the routes, before it is known which consumers there are.
        _edges.RemoveAll(e => !_ids.Contains(e.From) || !_ids.Contains(e.To));
    }

    public static TopologyJson Of(PipelineView view)
    {
        var graph = new TopologyGraph(view);
        return TopologyJson.Of(view, graph._nodes, graph._edges);
    }

    private string Running => _view.AtRest ? "ended" : "running";

    private void Add(TopologyNodeJson node)
    {
        if (_ids.Add(node.Id)) _nodes.Add(node);
    }

    private static string ConsumerId(string name) => $"consumer:{name}";

    private static Rate Minus(Rate all, Rate part) => new(Math.Max(0, all.Packets - part.Packets), Math.Max(0, all.Bytes - part.Bytes));

    private static Rate Sum(IEnumerable<Rate> rates) => rates.Aggregate(default(Rate), (sum, r) => new(sum.Packets + r.Packets, sum.Bytes + r.Bytes));

    private static MailboxJson Of(IReadOnlyList<MailboxView> mailboxes) => MailboxJson.Of(new MailboxView(
        mailboxes.Sum(m => m.Depth), mailboxes.Max(m => m.HighWater), mailboxes.Max(m => m.OldestAge)));
}
