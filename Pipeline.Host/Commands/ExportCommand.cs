using System.CommandLine;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules.Exports;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline export</c>: rules as commands for <c>tc</c> or a NIC. It runs none of them.</summary>
internal sealed class ExportCommand : Verb
{
    private static readonly Dictionary<string, ExportTarget> Targets =
        new() { ["tc-u32"] = ExportTarget.TcU32, ["ethtool"] = ExportTarget.Ethtool, ["cbpf"] = ExportTarget.Cbpf };

    private readonly Option<string> _rules = Value("--rules", "FILE", "the rules to export");
    private readonly Option<string> _to = Value("--to", "tc-u32|ethtool|cbpf", "the tool that is to understand them");
    private readonly Option<string> _interface = Value("--interface", "IF", "the interface that the commands name; it need not be there");
    private readonly Option<bool> _strict = Switch("--strict", "print no command unless all rules can be exported, and end with 65");

    public ExportCommand()
        : base("export", "print the commands that put rules into tc or a NIC")
    {
        _to.CompletionSources.Add(_ => Targets.Keys.Select(t => new System.CommandLine.Completions.CompletionItem(t)));
        foreach (var option in (Option[])[_rules, _to, _interface, _strict]) Add(option);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline export --rules edge.rules --to tc-u32 --interface eth0 | sudo sh -e", "marks set by Linux' u32 filter"),
        ("pipeline export --rules edge.rules --to ethtool --interface eth0 --strict", "filters of the NIC, all or none"),
        ("pipeline export --rules edge.rules --to cbpf --interface eth0", "a BPF program for each rule, and one for all"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var file = line.GetValue(_rules) ?? throw new UsageException("which rules? give --rules FILE");
        var target = TargetOf(line.GetValue(_to));
        var name = line.GetValue(_interface) ?? throw new UsageException("for which interface? give --interface IF");
        if (!RuleExport.IsInterfaceName(name)) throw new UsageException($"--interface '{name}': expected 1 to 15 letters, digits or ._-@:");
        var (rules, found) = parts.ReadRules(TextFile.Read(file));
        if (rules is null) throw new InvalidInputException("nothing was exported", found);
        foreach (var warning in found) terminal.Error.WriteLine(warning);

        var export = RuleExport.Of(rules, target, name);
        if (line.GetValue(_strict) && export.Refused.Count > 0) throw new InvalidInputException("nothing was exported", AsErrors(export.Refused));
        foreach (var refused in export.Refused) terminal.Error.WriteLine(refused);
        terminal.Out.Write(export.Text);
        return Task.FromResult(ExitCodes.Ok);
    }

    private static ExportTarget TargetOf(string? name)
    {
        var names = string.Join(", ", Targets.Keys);
        if (name is null) throw new UsageException($"to what? give --to, one of {names}");
        return Targets.TryGetValue(name, out var target) ? target : throw new UsageException($"--to {name}: expected one of {names}");
    }

    private static List<Diagnostic> AsErrors(IReadOnlyList<Diagnostic> refused) => [.. refused.Select(d => d with { Severity = Severity.Error })];
}
