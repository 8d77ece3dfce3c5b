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

    /// <summary>Has a consumer made anew. The answer comes when that has happened, or after a while without it.</summary>
    public Task<ConsumerToldJson> Restart(string name) => node.Ask<ConsumerToldJson>(HttpMethod.Post, Path(name, "restart"));

    /// <param name="most">The most entries; null for what the pipeline thinks is enough.</param>
    public Task<ConsumerReportJson> Report(string name, int? most) =>
        node.Get<ConsumerReportJson>(most is { } m ? FormattableString.Invariant($"{Path(name, "report")}?most={m}") : Path(name, "report"));

    /// <param name="wish"><c>pause</c>, <c>resume</c> or <c>close-breaker</c>.</param>
    public Task Tell(string name, string wish) => node.Tell(HttpMethod.Post, Path(name, wish));

    public Task<ScaleJson> Scale(string name, int instances) => node.Ask<ScaleJson>(HttpMethod.Post, FormattableString.Invariant($"{Path(name, "scale")}?instances={instances}"));

    private static string Path(string name, string wish) => $"api/v1/consumers/{Uri.EscapeDataString(name)}/{wish}";
}
