using Pipeline.Actors.Cluster;

namespace Pipeline.Host.Schema;

/// <summary>The cluster as a node sees it.</summary>
/// <param name="State"><c>none</c> for a pipeline that is no node, else <c>joining</c>, <c>member</c>, <c>lost</c> or <c>left</c>.</param>
/// <param name="Words">The same, as a sentence.</param>
/// <param name="Node">The node's name; absent for none.</param>
/// <param name="Leader">Who lets others in and out; absent while nobody does.</param>
/// <param name="RuleAuthority">The member that decides about the rules of all; absent while none is known to.</param>
/// <param name="Restarts">How often the node lost the cluster and began anew.</param>
/// <param name="Trouble">Why it did the last time; absent while it never has.</param>
internal sealed record ClusterJson(
    string State, string Words, string? Node, string? Leader, string? RuleAuthority, int Restarts, string? Trouble, IReadOnlyList<ClusterMemberJson> Members,
    ClusterLinksJson? Links = null)
{
    /// <param name="view">Null for a pipeline that is no node.</param>
    /// <param name="links">The links; null where nobody asks for them.</param>
    public static ClusterJson Of(ClusterView? view, ClusterLinksJson? links = null) => view is null
        ? new ClusterJson("none", "this pipeline is no node of a cluster: its configuration has no `cluster`", null, null, null, 0, null, [])
        : new ClusterJson(
            JsonWord.Of(view.State), WordsOf(view), view.Node, view.Leader, view.RuleAuthority, view.Restarts, view.Trouble,
            [.. view.Members.Select(m => ClusterMemberJson.Of(m, view.Node))], links);

    private static string WordsOf(ClusterView view) => view.State switch
    {
        ClusterState.Joining => $"{view.Node} asks the seeds to be let in",
        ClusterState.Member when view.Members.Count(m => !m.IsReachable) is > 0 and var lost =>
            $"{view.Node} is a member; {lost} of {view.Members.Count} members cannot be reached",
        ClusterState.Member when view.Members.Count == 1 => $"{view.Node} is the only member",
        ClusterState.Member => $"{view.Node} is one of {view.Members.Count} members, and all can be reached",
        ClusterState.Lost => $"{view.Node} lost the cluster and begins anew; its own routes go on",
        _ => $"{view.Node} was asked to leave, and goes on alone until it is started again",
    };
}

/// <param name="Name">Its name.</param>
/// <param name="Address">Where the others reach it.</param>
/// <param name="Uid">Tells its incarnations apart, as text, because JavaScript has no numbers of 64 bits.</param>
/// <param name="Status"><c>joining</c>, <c>weakly-up</c>, <c>up</c>, <c>leaving</c>, <c>exiting</c> or <c>down</c>.</param>
/// <param name="Reachable">Whether every node that watches it hears from it.</param>
/// <param name="Self">Whether it is the node that answers.</param>
/// <param name="Generation">The generation of rules that it runs; absent before it has said so.</param>
/// <param name="RulesTrouble">The generation that it could not put in force, and why; absent for none.</param>
internal sealed record ClusterMemberJson(
    string Name, string Address, string Uid, IReadOnlyList<string> Roles, string Status, bool Reachable, bool Self, int? Generation, string? RulesTrouble)
{
    public static ClusterMemberJson Of(ClusterMember member, string self) => new(
        member.Name, member.Address, FormattableString.Invariant($"{member.Uid}"), [.. member.Roles.Select(JsonWord.Of)], JsonWord.Of(member.Status),
        member.IsReachable, member.Name == self, member.Generation, member.RulesTrouble);
}

/// <summary>The answer to whoever asks a member to go.</summary>
/// <param name="Member">Its name or address, as it was given.</param>
/// <param name="Asked"><c>leave</c> or <c>down</c>.</param>
internal sealed record ClusterAskedJson(string Member, string Asked);
