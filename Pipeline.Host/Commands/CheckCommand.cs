using System.CommandLine;
using Pipeline.Host.Checking;
using Pipeline.Host.Reports;
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
    private readonly Option<bool> _json = Switch("--json", "print what was found to standard output as one JSON object");

    public CheckCommand()
        : base("check", "report every error and warning of rules and configuration")
    {
        Add(_file);
        Add(_rules);
        Add(_json);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline check edge.rules", "errors and warnings, each with its place"),
        ("pipeline check edge.conf", "a configuration and the rules that it names"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var file = line.GetValue(_file);
        if (file is { Length: > 1 } && file[0] == '-' && !File.Exists(file)) throw new UsageException($"unknown option {file}");
        var found = new Check(terminal, parts).Of(file, line.GetValue(_rules));
        if (line.GetValue(_json)) terminal.Out.WriteLine(DiagnosticsJson.Of(found));
        else Print(found, terminal.Error);
        return Task.FromResult(found.Any(d => d.Severity == Severity.Error) ? ExitCodes.InvalidInput : ExitCodes.Ok);
    }

    private static void Print(IReadOnlyList<Diagnostic> found, TextWriter text)
    {
        foreach (var diagnostic in found) text.WriteLine(diagnostic);
        text.WriteLine($"{Count(Severity.Error, "error")}, {Count(Severity.Warning, "warning")}");

        string Count(Severity severity, string name)
        {
            var count = found.Count(d => d.Severity == severity);
            return count == 1 ? $"1 {name}" : $"{count} {name}s";
        }
    }
}
