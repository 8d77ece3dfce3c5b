using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Schema;

/// <summary>The links between this node and others.</summary>
/// <param name="Out">Over which packets of this node go to others.</param>
/// <param name="In">Over which packets of others come here.</param>
/// <param name="InFlight">Packets of this node that others have not disposed.</param>
/// <param name="Resent">Packets that were sent once more, because a connection or a node was gone.</param>
internal sealed record ClusterLinksJson(IReadOnlyList<LinkOutJson> Out, IReadOnlyList<LinkInJson> In, long InFlight, long Resent)
{
    public static ClusterLinksJson Of(PipelineView view) =>
        new([.. view.LinksOut.Select(LinkOutJson.Of)], [.. view.LinksIn.Select(LinkInJson.Of)], view.OnWire, view.Resent);
}

/// <param name="Node">The other node.</param>
/// <param name="State"><c>dialling</c>, <c>up</c>, <c>broken</c>, <c>lease-over</c> or <c>given-up</c>.</param>
/// <param name="Instances">The instances that packets go to, such as <c>flows n2/0</c>.</param>
/// <param name="Sent">Over the present connection, carried bytes.</param>
/// <param name="InFlight">Packets that the other node has not disposed.</param>
/// <param name="Credit">Bytes of credit that are in use.</param>
/// <param name="Window">Bytes of credit in all.</param>
/// <param name="CreditWaits">How often a bundle had to wait for credit.</param>
/// <param name="Resent">Packets that were sent once more over a new connection.</param>
internal sealed record LinkOutJson(
    string Node, string State, IReadOnlyList<string> Instances, TallyJson Sent, long InFlight, long Credit, long Window, long CreditWaits, long Resent)
{
    public static LinkOutJson Of(LinkOutView link) => new(
        link.Node, JsonWord.Of(link.State), link.Instances, TallyJson.Of(link.Sent), link.PacketsInFlight, link.BytesInFlight, link.Window,
        link.CreditWaits, link.Resent);
}

/// <param name="Node">The other node.</param>
/// <param name="Up">Whether it is there, and not the last one.</param>
/// <param name="Received">Over that connection, carried bytes.</param>
/// <param name="Slabs">Slabs of memory that consumers hold, of <paramref name="MostSlabs"/>.</param>
/// <param name="SlabWaits">How often nothing was read because they held all.</param>
internal sealed record LinkInJson(string Node, bool Up, TallyJson Received, int Slabs, int MostSlabs, long SlabWaits)
{
    public static LinkInJson Of(LinkInView link) => new(link.Node, link.IsUp, TallyJson.Of(link.Received), link.Slabs.Out, link.Slabs.All, link.SlabWaits);
}
