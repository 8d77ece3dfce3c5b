using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>The actors of a node, a line for each: as a tree for a terminal, with whole paths for a pipe.</summary>
internal static class ActorsInWords
{
    public static IEnumerable<string> Of(ActorsJson actors, bool isTree)
    {
        if (actors.Actors.Count > 0)
        {
            var names = isTree ? ActorBranches.Of(actors.Actors) : [.. actors.Actors.Select(Path)];
            List<string[]> rows = [["actor", "kind", "state", "queued", "most", "bundles", "restarts", "cpu"]];
            rows.AddRange(actors.Actors.Select((actor, i) => Row(names[i], actor)));
            var lines = Table.Lines(rows, leftColumns: 3);
            yield return lines[0];
            for (var i = 0; i < actors.Actors.Count; i++)
            {
                var failure = actors.Actors[i].LastFailure is { } last ? $" (last failure: {last})" : "";
                yield return $"{lines[i + 1]}  {Quoted.Of(actors.Actors[i].Does + failure)}";
            }
        }

        yield return Quoted.Of(actors.Words);
    }

    private static string Path(ActorJson actor) => Quoted.Of($"{(actor.System == "pipeline" ? "" : actor.System + ":")}{actor.Path}");

    private static string[] Row(string name, ActorJson actor) =>
    [
        name, Quoted.Of(actor.Kind), Quoted.Of(actor.State), Number(actor.Mailbox?.Depth), Number(actor.Mailbox?.HighWater), Number(actor.Bundles), $"{actor.Restarts}",
        Number(actor.Cpu),
    ];

    private static string Number(long? number) => number is { } n ? $"{n}" : "-";
}
