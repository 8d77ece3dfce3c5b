using System.CommandLine;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline ps</c>: the running pipelines of this host.</summary>
internal sealed class PsCommand : Verb
{
    private readonly Option<bool> _json = Switch("--json", "print them to standard output as one JSON object");

    public PsCommand()
        : base("ps", "list the running pipelines of this host, by the names that --node takes") => Add(_json);

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline ps", "what runs here, and where its server is"),
        ("pipeline rules list --node edge", "the rules of the pipeline that is called edge"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var running = parts.FindPipelines(terminal.Environment).All(out var unreadable);
        if (line.GetValue(_json)) terminal.Out.WriteLine(JsonText.Of(new PipelinesJson(running), JsonShapes.Default.PipelinesJson));
        else foreach (var row in PipelinesInWords.Of(running)) terminal.Out.WriteLine(row);
        if (unreadable.Count > 0) terminal.Error.WriteLine($"not shown, because they are another user's: {string.Join(", ", unreadable)}");
        else if (running.Count == 0) terminal.Error.WriteLine("no pipeline that has a server or reads an interface runs on this host");
        return Task.FromResult(ExitCodes.Ok);
    }
}
