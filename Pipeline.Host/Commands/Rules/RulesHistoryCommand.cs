using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Rules;

/// <summary><c>pipeline rules history [N]</c>: which rules were in force when, and by whom; or the text of one generation.</summary>
internal sealed class RulesHistoryCommand : RulesVerb
{
    private readonly Argument<string?> _generation = Word("N", "print the rules of generation N as they were written", optional: true);

    public RulesHistoryCommand()
        : base("history", "the generations so far, the newest first") => AddAll(_generation);

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [("pipeline rules history 1 > first.rules", "the rules of the first generation")];

    protected override async Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts)
    {
        var number = line.GetValue(_generation) is { } text ? Generation("N", text) : (int?)null;
        var history = await rules.History();
        if (number is { } wanted) return Write(One(history, wanted), terminal, WantsJson(line));
        if (WantsJson(line)) Print(terminal, history, JsonShapes.Default.RuleHistoryJson);
        else foreach (var row in HistoryInWords.Of(history)) terminal.Out.WriteLine(row);
        return ExitCodes.Ok;
    }

    private static int Write(GenerationJson generation, Terminal terminal, bool json)
    {
        if (json) Print(terminal, generation, JsonShapes.Default.GenerationJson);
        else terminal.Out.Write(generation.Text);
        return ExitCodes.Ok;
    }

    private static GenerationJson One(RuleHistoryJson history, int number) =>
        history.Generations.FirstOrDefault(g => g.Generation == number)
        ?? throw new NodeException(GenerationsInWords.Unknown(number, [.. history.Generations.Select(g => g.Generation).Reverse()]), ExitCodes.RuntimeFailure);
}
