using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>Draws the branches of a tree of actors in front of their names.</summary>
internal static class ActorBranches
{
    /// <param name="actors">Each behind its parent.</param>
    /// <returns>For each of them its branches and its name; for one at the top its path.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<ActorJson> actors)
    {
        var lastOf = new Dictionary<(string System, string? Parent), int>();
        for (var i = 0; i < actors.Count; i++) lastOf[(actors[i].System, actors[i].Parent)] = i;
        var insetOf = new Dictionary<(string System, string? Path), string>();
        return [.. actors.Select((actor, i) => Name(actor, lastOf[(actor.System, actor.Parent)] == i, insetOf))];
    }

    /// <param name="insetOf">What stands in front of the children of those that were drawn.</param>
    private static string Name(ActorJson actor, bool isLast, Dictionary<(string System, string? Path), string> insetOf)
    {
        var isTop = actor.Parent is null || !insetOf.TryGetValue((actor.System, actor.Parent), out _);
        var inset = isTop ? "" : insetOf[(actor.System, actor.Parent)];
        insetOf[(actor.System, actor.Path)] = isTop ? "" : inset + (isLast ? "   " : "│  ");
        if (isTop) return Quoted.Of(actor.System == "pipeline" ? actor.Path : $"{actor.Path} ({actor.System})");
        return inset + (isLast ? "└─ " : "├─ ") + Quoted.Of(actor.Path[(actor.Path.LastIndexOf('/') + 1)..]);
    }
}
