using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>The cluster as a node sees it: a sentence, and a line for each member.</summary>
internal static class ClusterInWords
{
    public static IEnumerable<string> Of(ClusterJson cluster)
    {
        yield return Quoted.Of(cluster.Words);
        if (cluster.Trouble is { } trouble) yield return Quoted.Of($"it began anew {(cluster.Restarts == 1 ? "once" : $"{cluster.Restarts} times")}, the last time because: {trouble}");
        if (cluster.Members.Count == 0) yield break;
        List<string[]> rows = [["member", "address", "roles", "status", ""]];
        rows.AddRange(cluster.Members.Select(m => Row(m, cluster.Leader)));
        foreach (var line in Table.Lines(rows, leftColumns: 5)) yield return line.TrimEnd();
        if (cluster.Links is not { } links || links.Out.Count + links.In.Count == 0) yield break;
        yield return "";
        foreach (var line in LinksInWords.Of(links)) yield return line;
    }

    private static string[] Row(ClusterMemberJson member, string? leader)
    {
        List<string> notes = [];
        if (!member.Reachable) notes.Add("cannot be reached");
        if (member.Name == leader) notes.Add("leader");
        if (member.Self) notes.Add("this node");
        return [Quoted.Of(member.Name), Quoted.Of(member.Address), Quoted.Of(string.Join(", ", member.Roles)), Quoted.Of(member.Status), string.Join(", ", notes)];
    }
}
