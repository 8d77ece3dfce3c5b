using System.CommandLine;
using Pipeline.Host.Checking;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;

namespace Pipeline.Host.Commands.Rules;

/// <summary><c>pipeline rules check FILE</c>: lets the running pipeline check rules, without putting them in force.</summary>
internal sealed class RulesCheckCommand : RulesVerb
{
    private readonly Argument<string?> _file = Word("FILE", "a rule file; - is standard input");

    public RulesCheckCommand()
        : base("check", "have the running pipeline check rules: it knows its link types and its routes") => AddAll(_file);

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [("pipeline rules check new.rules", "errors and warnings with their places, and what would change")];

    protected override async Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts)
    {
        var text = Read(line.GetValue(_file)!, terminal);
        return ComparisonReport.Write(await new NodeChecking(rules, parts).Of(text), terminal, WantsJson(line));
    }
}
