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
        if (cluster.RuleAuthority is null) yield return "no member has the authority on rules at the moment; those in force stay, and cannot be changed";
        List<string[]> rows = [["member", "address", "roles", "status", "rules", ""]];
        rows.AddRange(cluster.Members.Select(m => Row(m, cluster)));
        foreach (var line in Table.Lines(rows, leftColumns: 6)) yield return line.TrimEnd();
        if (cluster.Links is not { } links || links.Out.Count + links.In.Count == 0) yield break;
        yield return "";
        foreach (var line in LinksInWords.Of(links)) yield return line;
    }

    private static string[] Row(ClusterMemberJson member, ClusterJson cluster) =>
    [
        Quoted.Of(member.Name), Quoted.Of(member.Address), Quoted.Of(string.Join(", ", member.Roles)), Quoted.Of(member.Status),
        member.Generation is { } generation ? $"{generation}" : "-", string.Join(", ", Notes(member, cluster)),
    ];

    private static IEnumerable<string> Notes(ClusterMemberJson member, ClusterJson cluster)
    {
        if (!member.Reachable) yield return "cannot be reached";
        if (member.Name == cluster.Leader) yield return "leader";
        if (member.Name == cluster.RuleAuthority) yield return "authority on rules";
        if (member.Self) yield return "this node";
        if (member.RulesTrouble is { } trouble) yield return Quoted.Of(trouble);
    }
}
