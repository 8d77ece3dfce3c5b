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
    private readonly Argument<string?> _file = Word("FILE", "a rule file; - is standard input; may be left out with --empty, and with --save for the rules in force", optional: true);
    private readonly Option<string> _confirm = Value("--confirm", "TIME", "go back by itself unless `pipeline rules confirm` comes within so long, such as 60s");
    private readonly Option<string> _ifGeneration = Value("--if-generation", "N", "only while generation N is in force, so that nobody's change is undone unseen");
    private readonly Option<bool> _empty = Switch("--empty", "take every rule away; without it a file that has none is refused");
    private readonly Option<bool> _dryRun = Switch("--dry-run", "change nothing; say what would change");
    private readonly Option<string> _read = Value("-r", "CAPTURE", "with --dry-run: say which packets of this capture would take another route; - is standard input");

    public RulesApplyCommand()
        : base("apply", "put rules in force while packets flow") => AddAll(_file, _confirm, _ifGeneration, Save, _empty, _dryRun, _read);

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline rules apply new.rules --dry-run -r trace.pcap", "which packets and flows would take another route"),
        ("pipeline rules apply new.rules --confirm 60s", "back to the rules before in a minute, unless you confirm"),
        ("pipeline rules apply new.rules --save", "also after a restart"),
        ("pipeline rules apply --save", "what is in force now is in force after a restart too"),
        ("pipeline rules apply --empty", "take every rule away"),
    ];

    protected override async Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts)
    {
        var (file, capture, confirm) = (line.GetValue(_file), line.GetValue(_read), FlagValues.Time("--confirm", line.GetValue(_confirm), PipelineRun.LongestConfirmation));
        var generation = line.GetValue(_ifGeneration) is { } text ? Generation("--if-generation", text) : (int?)null;
        if (capture is not null && !line.GetValue(_dryRun)) throw new UsageException("-r: packets are tried with --dry-run only");
        if (capture == StandardInput && file == StandardInput) throw new UsageException("-r -: standard input has the rules already");
        if (capture == StandardInput && terminal.InIsTerminal) throw new UsageException("-r -: standard input is a terminal; redirect a capture into it");
        if (line.GetValue(Save) && line.GetValue(_dryRun)) throw new UsageException("--save: a dry run changes nothing, and so saves nothing");
        if (IsOfThoseInForce(line)) return await SaveThoseInForce(generation, rules, node, terminal, WantsJson(line));
        var source = Source(file, line.GetValue(_empty), terminal);
        if (line.GetValue(_dryRun)) return await Try(source, capture, generation, rules, terminal, parts, WantsJson(line));
        return line.GetValue(_empty) || !EmptyRules.Is(source.Text)
            ? await Apply(source, () => rules.Apply(source, generation, confirm, EmptyRules.Is(source.Text), line.GetValue(Save)), node, terminal, WantsJson(line))
            : throw new InvalidInputException($"{source.Name} has no rules, and would take every rule away; --empty says that this is meant", []);
    }

    private bool IsOfThoseInForce(ParseResult line)
    {
        if (!line.GetValue(Save) || line.GetValue(_file) is not null || line.GetValue(_empty)) return false;
        if (line.GetValue(_confirm) is not null) throw new UsageException("--confirm: the rules in force are there already; `pipeline rules confirm --save` confirms and saves them");
        return true;
    }

    /// <summary>
    /// Sends the rules in force back: they make no generation, and are saved. A change in between is a conflict. Those that wait to be
    /// confirmed are refused, because sending them again would confirm them unseen.
    /// </summary>
    private static async Task<int> SaveThoseInForce(int? generation, NodeRules rules, NodeAddress node, Terminal terminal, bool json)
    {
        var inForce = await rules.InForce();
        if (inForce.ConfirmBy is not null) throw new NodeException($"generation {inForce.Generation} waits to be confirmed; `pipeline rules confirm --save` confirms and saves it", ExitCodes.RuntimeFailure);
        var source = new SourceText($"generation {inForce.Generation}", inForce.Text);
        return await Apply(source, () => rules.Apply(source, generation ?? inForce.Generation, null, mayBeEmpty: true, save: true), node, terminal, json);
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

    private static async Task<int> Apply(SourceText source, Func<Task<RuleChangeJson>> apply, NodeAddress node, Terminal terminal, bool json)
    {
        try
        {
            return RuleChangeReport.Write(await apply(), source, node, terminal, json);
        }
        catch (NodeException refusal) when (refusal.Problem is { Status: 422, Diagnostics: { } found } problem)
        {
            if (json) Print(terminal, problem, JsonShapes.Default.ProblemJson);
            throw new InvalidInputException(Quoted.Of(problem.Detail), [.. found.Select(d => d.In(source))]);
        }
    }
}
