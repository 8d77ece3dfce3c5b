using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Schema;

/// <summary>
/// Answer of <c>GET /api/v1/topology</c>, schema <c>pipeline.topology/1</c>: the pipeline as a graph, from the source on the left to the
/// consumers on the right. It is made of one view, so it says what a snapshot of the same <see cref="Sequence"/> says. Bytes are captured
/// bytes; rates are per second.
/// </summary>
/// <param name="Generation">The rule set in force.</param>
/// <param name="AtRest">Whether the pipeline has ended.</param>
/// <param name="RateSeconds">As in <see cref="SnapshotJson"/>.</param>
/// <param name="Ledger">The terms of received = delivered + passed + dropped + in flight, and whether they balance.</param>
/// <param name="Nodes">From left to right, each with an id of its own.</param>
/// <param name="Edges">Both ends of each are among the nodes.</param>
internal sealed record TopologyJson(
    string Schema, long Sequence, DateTimeOffset SampledAt, int Generation, bool AtRest, double RateSeconds, LedgerJson Ledger,
    IReadOnlyList<TopologyNodeJson> Nodes, IReadOnlyList<TopologyEdgeJson> Edges)
{
    public static TopologyJson Of(PipelineView view, IReadOnlyList<TopologyNodeJson> nodes, IReadOnlyList<TopologyEdgeJson> edges) => new(
        "pipeline.topology/1", view.Sequence, view.SampledAt, view.Generation, view.AtRest, Math.Round(view.RateWindow.TotalSeconds, 3),
        LedgerJson.Of(view), nodes, edges);
}

/// <summary>A part of the pipeline that packets go through.</summary>
/// <param name="Id">The kind and the name, such as <c>queue:eth0:0</c>. It stays the same from answer to answer.</param>
/// <param name="Kind"><c>source</c>, <c>queue</c>, <c>rules</c>, <c>route</c>, <c>consumer</c> or <c>node</c>.</param>
/// <param name="Layer">The place from left to right, from 0.</param>
/// <param name="State">
/// <c>running</c> and <c>ended</c> for all; <c>backing-off</c> (a source or queue that gives nothing, a consumer that failed),
/// <c>starting</c>, <c>draining</c> and <c>waiting</c> (a queue; the rules wait for a route that may wait), <c>full</c> (a route that holds
/// its share), and the other states of a consumer; <c>remote</c> for a consumer that other nodes run, and <c>vacant</c> where none does; for a node, the state of its link.
/// </param>
/// <param name="Detail">The part in words, on one line.</param>
/// <param name="Packets">What went through since the start; for a consumer, delivered or passed, copies included.</param>
/// <param name="Dropped">
/// What was dropped there; absent where nothing can be. That of a consumer is what the snapshot says of it, and so has what its routes
/// dropped.
/// </param>
/// <param name="Lost">What the device lost before it was received; absent but for a source and a queue.</param>
/// <param name="LostRate">Packets of those per second.</param>
/// <param name="Mailbox">
/// The bundles that wait there: for a queue those that it filled and its router has not taken, for the rules those of all routers, for a
/// consumer those of all its instances. The depth is a sum, the others are the largest. Absent where none wait.
/// </param>
/// <param name="ConsumerKind"><c>bypass</c>, <c>af_packet</c> or <c>stack</c>; absent for what is no consumer, as the three after it.</param>
/// <param name="Instances">Its instances on this node.</param>
internal sealed record TopologyNodeJson(
    string Id, string Kind, string Name, int Layer, string State, string Detail, RateJson Rate, long Packets, long Bytes,
    DropsJson? Dropped = null, RateJson? DroppedRate = null, LossesJson? Lost = null, double? LostRate = null, MailboxJson? Mailbox = null,
    string? ConsumerKind = null, int? Instances = null, int? Restarts = null, double? HandoffP99Microseconds = null);

/// <summary>A way that packets take from one node to another.</summary>
/// <param name="From">The id of a node.</param>
/// <param name="To">The id of another.</param>
/// <param name="Rate">Absent where it is not known: of a consumer that shares the link to a node with others.</param>
/// <param name="Packets">Since the start; absent likewise. To a node: over the present connection.</param>
/// <param name="Mark">The mark that a route takes, or <c>any</c>; absent but on the edges to and from a route.</param>
/// <param name="Copy">Whether these are copies of packets that go on to later routes.</param>
/// <param name="Dropped">What was dropped on the way into a route, because that held its share; absent on other edges.</param>
internal sealed record TopologyEdgeJson(
    string From, string To, RateJson? Rate, long? Packets, long? Bytes, string? Mark = null, bool Copy = false, DropsJson? Dropped = null, RateJson? DroppedRate = null);
