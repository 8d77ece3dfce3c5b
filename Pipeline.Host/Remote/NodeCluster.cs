using Pipeline.Host.Schema;

namespace Pipeline.Host.Remote;

/// <summary>The cluster that a running pipeline is a node of.</summary>
internal sealed class NodeCluster(NodeClient node)
{
    public Task<ClusterJson> Show() => node.Get<ClusterJson>("api/v1/cluster");

    /// <param name="what"><c>leave</c> or <c>down</c>.</param>
    /// <param name="member">A name or an address; null for the node that is asked.</param>
    public Task<ClusterAskedJson> Ask(string what, string? member) =>
        node.Ask<ClusterAskedJson>(HttpMethod.Post, $"api/v1/cluster/{what}" + (member is null ? "" : $"?member={Uri.EscapeDataString(member)}"));
}
