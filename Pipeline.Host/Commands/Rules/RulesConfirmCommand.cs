using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;

namespace Pipeline.Host.Commands.Rules;

/// <summary><c>pipeline rules confirm [N]</c>: keeps rules that were put in force subject to confirmation.</summary>
internal sealed class RulesConfirmCommand : RulesVerb
{
    private readonly Argument<string?> _generation = Word("N", "the generation to keep; without it, the one in force", optional: true);

    public RulesConfirmCommand()
        : base("confirm", "keep rules that were put in force with --confirm") => AddAll(_generation, Save);

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [("pipeline rules confirm 2", "generation 2 stays")];

    protected override async Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts)
    {
        var number = line.GetValue(_generation) is { } text ? Generation("N", text) : await Waiting(rules);
        var change = await rules.Confirm(number, line.GetValue(Save));
        return RuleChangeReport.Write(change, null, node, terminal, WantsJson(line));
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
