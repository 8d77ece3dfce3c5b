using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Rules;

/// <summary><c>pipeline rules confirm [N]</c>: keeps rules that were put in force subject to confirmation.</summary>
internal sealed class RulesConfirmCommand : RulesVerb
{
    private readonly Argument<string?> _generation = Word("N", "the generation to keep; without it, the one in force", optional: true);

    public RulesConfirmCommand()
        : base("confirm", "keep rules that were put in force with --confirm") => AddAll(_generation);

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [("pipeline rules confirm 2", "generation 2 stays")];

    protected override async Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts)
    {
        var number = line.GetValue(_generation) is { } text ? Generation("N", text) : await Waiting(rules);
        var change = await rules.Confirm(number);
        if (WantsJson(line)) Print(terminal, change, JsonShapes.Default.RuleChangeJson);
        else RuleChangeReport.Write(change, null, node, terminal);
        return ExitCodes.Ok;
    }

    /// <summary>If nothing waits for confirmation, the time might have run out, so that is no success.</summary>
    private static async Task<int> Waiting(NodeRules rules)
    {
        var inForce = await rules.InForce();
        return inForce.ConfirmBy is not null
            ? inForce.Generation
            : throw new NodeException($"nothing waits to be confirmed: {RulesInWords.Origin(inForce)}", ExitCodes.RuntimeFailure);
    }
}
