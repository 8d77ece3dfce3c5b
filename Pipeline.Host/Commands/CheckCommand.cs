using System.CommandLine;
using Pipeline.Host.Checking;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline check</c>: reads rules and configuration, and changes nothing.</summary>
internal sealed class CheckCommand : Verb
{
    private readonly Argument<string?> _file = new("FILE")
    {
        Description = "a rule file or a configuration; without it, the configuration that run would use",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _rules = Value("--rules", "FILE", "check these rules instead of those that the configuration names");
    private readonly Option<string?> _against = new("--against")
    {
        Description = "say what changes against the rules in OLD (without OLD, those of the configuration)",
        HelpName = "OLD",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _read = Value("-r", "CAPTURE", "with --against: say which packets of this capture would change mark or route");
    private readonly Option<string> _config = Value("--config", "FILE", "with --against: the configuration whose routes and rules count, where FILE has rules only");
    private readonly Option<bool> _json = Switch("--json", "print what was found to standard output as one JSON object");

    public CheckCommand()
        : base("check", "report every error and warning of rules and configuration")
    {
        Add(_file);
        Add(_rules);
        Add(_against);
        Add(_read);
        Add(_config);
        Add(_json);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline check edge.rules", "errors and warnings, each with its place"),
        ("pipeline check edge.conf", "a configuration and the rules that it names"),
        ("pipeline check new.rules --against edge.rules -r trace.pcap --config edge.conf", "a dry run: which packets would take another way"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var file = line.GetValue(_file);
        if (file is { Length: > 1 } && file[0] == '-' && !File.Exists(file)) throw new UsageException($"unknown option {file}");
        return Task.FromResult(line.GetResult(_against) is null ? CheckAlone(file, line, terminal, parts) : Compare(file, line, terminal, parts));
    }

    private int CheckAlone(string? file, ParseResult line, Terminal terminal, Parts parts)
    {
        if (line.GetValue(_read) is not null) throw new UsageException("-r: packets are compared with --against only");
        if (line.GetValue(_config) is not null) throw new UsageException("--config: a configuration is checked as FILE; the flag is for --against");
        var check = new Check(terminal, parts);
        var found = check.Of(file, line.GetValue(_rules));
        if (line.GetValue(_json)) terminal.Out.WriteLine(JsonText.Of(CheckJson.Of(found), JsonShapes.Default.CheckJson));
        else
        {
            DiagnosticsInWords.Write(found, terminal.Error);
            foreach (var guards in check.KeepOut) terminal.Out.WriteLine(guards);
        }

        return found.Any(d => d.Severity == Severity.Error) ? ExitCodes.InvalidInput : ExitCodes.Ok;
    }

    private int Compare(string? file, ParseResult line, Terminal terminal, Parts parts)
    {
        if (file is null) throw new UsageException("--against: which rules would be new? give a FILE");
        if (line.GetValue(_rules) is not null) throw new UsageException("--against: the new rules are FILE; --rules is for a check by itself");
        if (line.GetValue(_read) == "-" && terminal.InIsTerminal) throw new UsageException("-r -: standard input is a terminal; redirect a capture into it");
        var comparison = new Comparing(terminal, parts).Of(file, line.GetValue(_against), line.GetValue(_config), line.GetValue(_read));
        return ComparisonReport.Write(comparison, terminal, line.GetValue(_json));
    }
}
