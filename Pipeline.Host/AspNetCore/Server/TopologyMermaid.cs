using System.Text;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>A graph as the text of a flowchart (mermaid.js.org/syntax/flowchart). Copies are dotted.</summary>
internal static class TopologyMermaid
{
    /// <returns>Lines with their ends, made as they are enumerated.</returns>
    public static IEnumerable<string> Of(TopologyJson topology)
    {
        // Ids of ours have colons and more, which an id there must not have.
        var ids = topology.Nodes.Select((node, i) => (node.Id, Short: $"n{i}")).ToDictionary(n => n.Id, n => n.Short);
        yield return "flowchart LR\n";
        foreach (var node in topology.Nodes) yield return $"  {ids[node.Id]}[\"{Label(node)}\"]\n";
        foreach (var edge in topology.Edges) yield return $"  {ids[edge.From]} {(edge.Copy ? "-.->" : "-->")}{Label(edge)} {ids[edge.To]}\n";
    }

    private static string Label(TopologyNodeJson node)
    {
        var lines = new List<string> { node.Kind == node.Name ? node.Kind : $"{node.Kind} {node.Name}", $"{Figures.Short(node.Rate.Packets)} packets/s, {node.State}" };
        if (node.Dropped is { Packets: > 0 and var dropped }) lines.Add($"{Figures.Count(dropped)} dropped");
        if (node.Lost is { Packets: > 0 and var lost }) lines.Add($"{Figures.Count(lost)} lost by the device");
        return string.Join("<br/>", lines.Select(Text));
    }

    private static string Label(TopologyEdgeJson edge)
    {
        if (edge.Rate is not { } rate) return "";
        List<string> words = edge.Mark is { } mark ? [mark, $"{Figures.Short(rate.Packets)}/s"] : [$"{Figures.Short(rate.Packets)}/s"];
        if (edge.Dropped is { Packets: > 0 and var dropped }) words.Add($"{Figures.Count(dropped)} dropped");
        return $"|\"{Text(string.Join(", ", words))}\"|";
    }

    /// <summary>Writes whatever could mean something there as an entity, by its number.</summary>
    private static string Text(string words)
    {
        var text = new StringBuilder();
        foreach (var rune in words.EnumerateRunes())
        {
            if (rune.Value is ' ' or '/' or ',' or '.' or ':' or '-' or '_' || Rune.IsLetterOrDigit(rune)) text.Append(rune);
            else text.Append($"#{rune.Value};");
        }

        return text.ToString();
    }
}
