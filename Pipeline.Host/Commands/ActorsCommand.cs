using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline actors</c>: which actors a running pipeline consists of, and what each does now.</summary>
internal sealed class ActorsCommand : NodeVerb
{
    public ActorsCommand()
        : base("actors", "the actors of a running pipeline: what each does now, bundles queued, restarts, its CPU") => AddAll();

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline actors", "a tree on a terminal, and a line with the whole path of each in a pipe"),
        ("pipeline actors --node edge --json", "for a script"),
    ];

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var actors = await new NodeActors(node).List();
        if (WantsJson(line)) Print(terminal, actors, JsonShapes.Default.ActorsJson);
        else foreach (var text in ActorsInWords.Of(actors, isTree: terminal.OutIsTerminal)) terminal.Out.WriteLine(text);
        return ExitCodes.Ok;
    }
}
