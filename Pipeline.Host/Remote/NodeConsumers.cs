using Pipeline.Host.Schema;

namespace Pipeline.Host.Remote;

/// <summary>The consumers of a running pipeline.</summary>
internal sealed class NodeConsumers(NodeClient node)
{
    public async Task<ConsumersJson> List()
    {
        var snapshot = await node.Get<SnapshotJson>(NodeClient.Snapshot);
        return new ConsumersJson(snapshot.SampledAt, snapshot.Consumers);
    }

    /// <param name="wish"><c>pause</c>, <c>resume</c> or <c>restart</c>.</param>
    public Task Tell(string name, string wish) => node.Tell(HttpMethod.Post, Path(name, wish));

    public Task<ScaleJson> Scale(string name, int instances) => node.Ask<ScaleJson>(HttpMethod.Post, FormattableString.Invariant($"{Path(name, "scale")}?instances={instances}"));

    private static string Path(string name, string wish) => $"api/v1/consumers/{Uri.EscapeDataString(name)}/{wish}";
}
