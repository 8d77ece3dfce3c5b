using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Rules;

/// <summary><c>pipeline rules list</c>: the rules in force, and their counts.</summary>
internal sealed class RulesListCommand : RulesVerb
{
    private readonly Option<bool> _text = Switch("--text", "print the rules as they were written, to edit and apply again");

    public RulesListCommand()
        : base("list", "the rules in force, with what each has matched") => AddAll(_text);

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline rules list", "what is in force, since when, and the packets of each rule"),
        ("pipeline rules list --text > edge.rules", "the rules as a file"),
    ];

    protected override async Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts)
    {
        if (line.GetValue(_text) && WantsJson(line)) throw new UsageException("--text: the JSON has the text in it; give one of the two");
        var inForce = await rules.InForce();
        if (WantsJson(line)) Print(terminal, inForce, JsonShapes.Default.RulesJson);
        else if (line.GetValue(_text)) terminal.Out.Write(inForce.Text);
        else foreach (var text in RulesInWords.Of(inForce, TimeProvider.System.GetUtcNow())) terminal.Out.WriteLine(text);
        return ExitCodes.Ok;
    }
}
