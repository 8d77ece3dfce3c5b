using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Rules;

/// <summary><c>pipeline rules rollback [N]</c>: puts earlier rules in force again.</summary>
internal sealed class RulesRollbackCommand : RulesVerb
{
    private readonly Argument<string?> _generation = Word("N", "the generation whose rules are to come back; without it, the last that had other rules than those in force", optional: true);
    private readonly Option<string> _ifGeneration = Value("--if-generation", "N", "only while generation N is in force");

    public RulesRollbackCommand()
        : base("rollback", "put the rules of an earlier generation in force again, under a new number") => AddAll(_generation, _ifGeneration, Save);

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [("pipeline rules rollback", "undo the last change"), ("pipeline rules rollback 1", "back to the first rules")];

    protected override async Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts)
    {
        var (number, expected) = (Number("N", line.GetValue(_generation)), Number("--if-generation", line.GetValue(_ifGeneration)));
        var save = line.GetValue(Save);
        var change = number is { } wanted ? await rules.Rollback(wanted, expected, save) : await Undo(rules, expected, save);
        return RuleChangeReport.Write(change, null, node, terminal, WantsJson(line));
    }

    /// <summary>
    /// Undoes only the generation that was looked at: a change in between is a conflict. In a cluster the rules in force may have had other
    /// numbers before, and to go back to those would undo nothing.
    /// </summary>
    private static async Task<RuleChangeJson> Undo(NodeRules rules, int? expected, bool save)
    {
        var history = await rules.History();
        var inForce = history.Generations.FirstOrDefault(g => g.Generation == history.Generation)?.Text;
        var before = history.Generations.FirstOrDefault(g => g.Generation < history.Generation && g.Text != inForce)
            ?? throw new NodeException($"there is nothing to go back to: no generation before {history.Generation} had other rules", ExitCodes.RuntimeFailure);
        return await rules.Rollback(before.Generation, expected ?? history.Generation, save);
    }

    private static int? Number(string name, string? text) => text is null ? null : Generation(name, text);
}
