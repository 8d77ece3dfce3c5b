using System.CommandLine;
using Pipeline.Host.Checking;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Commands.Rules;

/// <summary><c>pipeline rules diff FILE</c>: compares the rules in force with those of a file.</summary>
internal sealed class RulesDiffCommand : RulesVerb
{
    private readonly Argument<string?> _file = Word("FILE", "a rule file; - is standard input");
    private readonly Option<bool> _exitCode = Switch("--exit-code", "end with 1 where the rules differ");

    public RulesDiffCommand()
        : base("diff", "what a file would change about the rules in force") => AddAll(_file, _exitCode);

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline rules diff edge.rules", "rules that are added, removed, changed or moved"),
        ("pipeline rules diff --exit-code edge.rules || pipeline rules apply edge.rules", "apply only what differs, in a script"),
    ];

    protected override async Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts)
    {
        var text = Read(line.GetValue(_file)!, terminal);
        var (after, found) = parts.ReadRules(text);
        if (after is null) throw new InvalidInputException("nothing was compared", found);
        DiagnosticsInWords.Write(EmptyRules.Warnings(after), terminal.Error);
        var inForce = await rules.InForce();
        var edits = RuleEdits.Between(InForceRules.Of(inForce, parts), after);
        if (WantsJson(line)) terminal.Out.WriteLine(JsonText.Of(RuleEditsJson.Of(inForce, text.Name, text.Text, [.. edits.Select(e => e.ToJson())]), JsonShapes.Default.RuleEditsJson));
        else foreach (var each in RuleEditsInWords.Of(edits, inForce, text, terminal.OutAllowsEscapes)) terminal.Out.WriteLine(each);
        return edits.Count > 0 && line.GetValue(_exitCode) ? ExitCodes.RuntimeFailure : ExitCodes.Ok;
    }
}
