using System.Text.Json.Serialization;
using Pipeline.Actors.Trials;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Schema;

/// <summary>Packets grouped by what became of them in the routers: <c>GET /api/v1/paths</c>.</summary>
/// <param name="Seconds">How long they were counted.</param>
/// <param name="Beyond">Packets of paths that there was no room for.</param>
internal sealed record PathsJson(string Schema, double Seconds, IReadOnlyList<PathJson> Paths, TallyJson Beyond)
{
    public static PathsJson Of(PathsView view, Func<string, bool> isStack) =>
        new("pipeline.paths/1", Math.Round(view.Time.TotalSeconds, 3), [.. view.Paths.Select(p => PathJson.Of(p, isStack))], TallyJson.Of(view.Beyond));
}

/// <summary>One path.</summary>
/// <param name="Rule">The last rule that matched; a JSON null for none.</param>
/// <param name="KeptOut">True when a guard matched, so that no rule was tried; otherwise absent.</param>
/// <param name="Consumer">The consumer that the final route leads to.</param>
/// <param name="Fate"><c>sent</c> to a consumer, <c>passed</c> to the stack, or <c>dropped</c> by the router.</param>
/// <param name="Reason">Why it was dropped; absent where it was not.</param>
/// <param name="Example">The flow of one of the packets.</param>
internal sealed record PathJson(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Rule, bool? KeptOut, string Mark, string? Consumer, string Fate, string? Reason,
    long Packets, long Bytes, string Example)
{
    public static PathJson Of(PacketPath path, Func<string, bool> isStack) => new(
        path.Rule, path.IsKeptOut ? true : null, MarkNumber.Text(path.Mark), path.Consumer,
        path.Reason is not null ? "dropped" : path.Consumer is { } name && isStack(name) ? "passed" : "sent",
        path.Reason?.Name(), path.Packets.Packets, path.Packets.Bytes, path.Example);
}
