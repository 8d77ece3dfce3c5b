using System.Globalization;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Remote;

/// <summary>The rules of a running pipeline, read and changed through its node.</summary>
/// <param name="node">The node that has them.</param>
/// <param name="who">Who asks, for the history; null for nobody in particular.</param>
internal sealed class NodeRules(NodeClient node, string? who)
{
    private const string Rules = "api/v1/rules";

    public Task<RulesJson> InForce() => node.Get<RulesJson>(Rules);

    public Task<RuleHistoryJson> History() => node.Get<RuleHistoryJson>(Rules + "/history");

    public Task<RuleCheckJson> Check(SourceText text) => node.Ask<RuleCheckJson>(HttpMethod.Post, Rules + "/check", text.Text);

    /// <param name="mayBeEmpty">Whether a text without rules, which removes every rule, is intended.</param>
    /// <param name="save">Whether the pipeline writes them into its rule file too.</param>
    public Task<RuleChangeJson> Apply(SourceText text, int? ifGeneration, TimeSpan? confirm, bool mayBeEmpty, bool save)
    {
        var seconds = confirm?.TotalSeconds.ToString("0.#######", CultureInfo.InvariantCulture);
        return node.Ask<RuleChangeJson>(HttpMethod.Put, Rules + Query(("source", text.Name), ("who", who), ("confirm", seconds), ("empty", Yes(mayBeEmpty)), ("save", Yes(save))), text.Text, ifGeneration);
    }

    public Task<RuleChangeJson> Rollback(int generation, int? ifGeneration, bool save) =>
        node.Ask<RuleChangeJson>(HttpMethod.Post, Inv($"{Rules}/rollback/{generation}") + Query(("who", who), ("save", Yes(save))), ifGeneration: ifGeneration);

    public Task<RuleChangeJson> Confirm(int generation, bool save) =>
        node.Ask<RuleChangeJson>(HttpMethod.Post, Inv($"{Rules}/confirm/{generation}") + Query(("save", Yes(save))));

    /// <summary>The routes in the order they are tried, the implicit one last. No command changes them while a pipeline runs.</summary>
    public async Task<IReadOnlyList<RouteJson>> Routes() => (await node.Get<SnapshotJson>(NodeClient.Snapshot)).Routes;

    private static string? Yes(bool isMeant) => isMeant ? "yes" : null;

    private static string Inv(FormattableString text) => FormattableString.Invariant(text);

    private static string Query(params (string Name, string? Value)[] parameters)
    {
        var given = parameters.Where(p => p.Value is { Length: > 0 }).Select(p => $"{p.Name}={Uri.EscapeDataString(Line(p.Value!))}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }

    /// <summary>Shortens a text to the one line that a node accepts. Of a long path the end is kept, which says most.</summary>
    private static string Line(string text)
    {
        var line = Quoted.Of(text);
        return line.Length <= Limits.MostNameCharacters ? line : line[^Limits.MostNameCharacters..];
    }
}
