using System.CommandLine;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Checking;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline check</c>: reads rules and configuration, and changes nothing.</summary>
internal sealed class CheckCommand : Verb
{
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "rule files and configurations, each checked by itself; without any, the configuration that run would use",
        Arity = ArgumentArity.ZeroOrMore,
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
        Add(_files);
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
        ("pipeline check /etc/pipeline/*.conf", "several, with the errors of all of them"),
        ("pipeline check n1.conf n2.conf n3.conf", "the nodes of a cluster, each by itself and against the others"),
        ("pipeline check new.rules --against edge.rules -r trace.pcap --config edge.conf", "a dry run: which packets would take another way"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var files = line.GetValue(_files) ?? [];
        foreach (var file in files)
        {
            if (file is { Length: > 1 } && file[0] == '-' && !File.Exists(file)) throw new UsageException(Mistypes.UnknownOption(file, this));
        }

        return Task.FromResult(line.GetResult(_against) is null ? CheckAlone(files, line, terminal, parts) : Compare(files, line, terminal, parts));
    }

    private int CheckAlone(string[] files, ParseResult line, Terminal terminal, Parts parts)
    {
        if (line.GetValue(_read) is not null) throw new UsageException("-r: packets are compared with --against only");
        if (line.GetValue(_config) is not null) throw new UsageException("--config: a configuration is checked as FILE; the flag is for --against");
        if (files.Length > 1 && line.GetValue(_rules) is not null) throw new UsageException("--rules: the rules are of one configuration; give one FILE");
        List<Diagnostic> found = [];
        List<Check> checks = [];
        List<Exception> unread = [];
        foreach (var file in files.DefaultIfEmpty(null))
        {
            var check = new Check(terminal, parts);
            try
            {
                found.AddRange(check.Of(file, line.GetValue(_rules)));
                checks.Add(check);
            }
            catch (Exception error) when (files.Length > 1 && error is IOException or UnauthorizedAccessException or InvalidInputException)
            {
                // What is wrong with the other files must not wait for this one.
                unread.Add(error);
            }
        }

        found.AddRange(new NodesCheck([.. checks.Select(c => c.Configuration).OfType<ConfigurationResult>()]).Run());
        if (line.GetValue(_json)) terminal.Out.WriteLine(JsonText.Of(CheckJson.Of(found, looked: [.. checks.SelectMany(c => c.Checked)]), JsonShapes.Default.CheckJson));
        else
        {
            DiagnosticsInWords.Write(found, terminal.Error, checks.SelectMany(c => c.Checked).Select(CheckedInWords.Of));
            foreach (var guards in checks.SelectMany(c => KeepOut(c, isOneOfSeveral: files.Length > 1))) terminal.Out.WriteLine(guards);
        }

        return unread.Count > 0 ? throw OneOf(unread, terminal)
            : found.Any(d => d.Severity == Severity.Error) ? ExitCodes.InvalidInput
            : ExitCodes.Ok;
    }

    /// <returns>The last, which decides the exit code; the others are told here.</returns>
    private static Exception OneOf(List<Exception> unread, Terminal terminal)
    {
        foreach (var error in unread.SkipLast(1)) terminal.Error.WriteLine($"error: {Failure.AtStart(error).Message}");
        return unread[^1];
    }

    private static IEnumerable<string> KeepOut(Check check, bool isOneOfSeveral) =>
        isOneOfSeveral ? check.KeepOut.Select(g => $"{Quoted.Of(check.Checked[0].File!)}: {g}") : check.KeepOut;

    private int Compare(string[] files, ParseResult line, Terminal terminal, Parts parts)
    {
        if (files.Length != 1) throw new UsageException("--against: which rules would be new? give one FILE");
        var file = files[0];
        if (line.GetValue(_rules) is not null) throw new UsageException("--against: the new rules are FILE; --rules is for a check by itself");
        if (line.GetValue(_read) == "-" && terminal.InIsTerminal) throw new UsageException("-r -: standard input is a terminal; redirect a capture into it");
        var comparison = new Comparing(terminal, parts).Of(file, line.GetValue(_against), line.GetValue(_config), line.GetValue(_read));
        return ComparisonReport.Write(comparison, terminal, line.GetValue(_json));
    }
}
