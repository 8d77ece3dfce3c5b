using System.CommandLine;
using Pipeline.Actors;
using Pipeline.Host.Checking;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Commands.Rules;

/// <summary><c>pipeline rules apply FILE</c>: puts rules in force, for good or until confirmed; or says what that would do.</summary>
internal sealed class RulesApplyCommand : RulesVerb
{
    private readonly Argument<string?> _file = Word("FILE", "a rule file; - is standard input; may be left out with --empty", optional: true);
    private readonly Option<string> _confirm = Value("--confirm", "TIME", "go back by itself unless `pipeline rules confirm` comes within so long, such as 60s");
    private readonly Option<string> _ifGeneration = Value("--if-generation", "N", "only while generation N is in force, so that nobody's change is undone unseen");
    private readonly Option<bool> _empty = Switch("--empty", "take every rule away; without it a file that has none is refused");
    private readonly Option<bool> _dryRun = Switch("--dry-run", "change nothing; say what would change");
    private readonly Option<string> _read = Value("-r", "CAPTURE", "with --dry-run: say which packets of this capture would take another route; - is standard input");

    public RulesApplyCommand()
        : base("apply", "put rules in force while packets flow") => AddAll(_file, _confirm, _ifGeneration, _empty, _dryRun, _read);

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline rules apply new.rules --dry-run -r trace.pcap", "which packets and flows would take another route"),
        ("pipeline rules apply new.rules --confirm 60s", "back to the rules before in a minute, unless you confirm"),
        ("pipeline rules apply --empty", "take every rule away"),
    ];

    protected override Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts)
    {
        var (file, capture, confirm) = (line.GetValue(_file), line.GetValue(_read), FlagValues.Time("--confirm", line.GetValue(_confirm), PipelineRun.LongestConfirmation));
        var generation = line.GetValue(_ifGeneration) is { } text ? Generation("--if-generation", text) : (int?)null;
        if (capture is not null && !line.GetValue(_dryRun)) throw new UsageException("-r: packets are tried with --dry-run only");
        if (capture == StandardInput && file == StandardInput) throw new UsageException("-r -: standard input has the rules already");
        if (capture == StandardInput && terminal.InIsTerminal) throw new UsageException("-r -: standard input is a terminal; redirect a capture into it");
        var source = Source(file, line.GetValue(_empty), terminal);
        if (line.GetValue(_dryRun)) return Try(source, capture, generation, rules, terminal, parts, WantsJson(line));
        return line.GetValue(_empty) || !EmptyRules.Is(source.Text)
            ? Apply(source, confirm, generation, rules, node, terminal, WantsJson(line))
            : throw new InvalidInputException($"{source.Name} has no rules, and would take every rule away; --empty says that this is meant", []);
    }

    private static SourceText Source(string? file, bool mayBeEmpty, Terminal terminal)
    {
        if (file is not null) return Read(file, terminal);
        return mayBeEmpty ? new SourceText("--empty", "") : throw new UsageException("which rules? give a FILE, - for standard input, or --empty to take every rule away");
    }

    private static async Task<int> Try(SourceText source, string? capture, int? generation, NodeRules rules, Terminal terminal, Parts parts, bool json)
    {
        var comparison = await new NodeChecking(rules, parts).Of(source, capture, generation);
        var code = ComparisonReport.Write(comparison, terminal, json);
        if (!json && !comparison.HasErrors) terminal.Error.WriteLine("a dry run: nothing was changed");
        return code;
    }

    private static async Task<int> Apply(SourceText source, TimeSpan? confirm, int? generation, NodeRules rules, NodeAddress node, Terminal terminal, bool json)
    {
        try
        {
            var change = await rules.Apply(source, generation, confirm, EmptyRules.Is(source.Text));
            if (json) Print(terminal, change, JsonShapes.Default.RuleChangeJson);
            else RuleChangeReport.Write(change, source, node, terminal);
            return ExitCodes.Ok;
        }
        catch (NodeException refusal) when (refusal.Problem is { Status: 422, Diagnostics: { } found } problem)
        {
            if (json) Print(terminal, problem, JsonShapes.Default.ProblemJson);
            throw new InvalidInputException(Quoted.Of(problem.Detail), [.. found.Select(d => d.In(source))]);
        }
    }
}
