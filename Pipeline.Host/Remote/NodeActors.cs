using Pipeline.Host.Schema;

namespace Pipeline.Host.Remote;

/// <summary>The actors of a running pipeline.</summary>
internal sealed class NodeActors(NodeClient node)
{
    public Task<ActorsJson> List() => node.Get<ActorsJson>("api/v1/actors");
}
