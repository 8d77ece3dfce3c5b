using System.CommandLine;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Setup;
using Pipeline.Host.Explaining;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline explain</c>: what a rule or an expression means, or what rules do to one packet.</summary>
internal sealed class ExplainCommand : Verb
{
    private static readonly Dictionary<string, ProgramForm> Forms = new() { ["il"] = ProgramForm.Il, ["cbpf"] = ProgramForm.Cbpf, ["ebpf"] = ProgramForm.Ebpf };

    private readonly Argument<string[]> _words = new("RULE-OR-EXPR")
    {
        Description = "a line of a rule file, terms, or a pcap-filter expression; its words are joined with spaces",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _as = Value("--as", "il|cbpf|ebpf", "show the compiled program in this form");
    private readonly Option<string> _rules = Value("--rules", "FILE", "the rules that the packet meets");
    private readonly Option<string> _read = Value("-r", "FILE", "the capture that the packet is in, or whose link type the expression is for");
    private readonly Option<string> _number = Value("-n", "N", "the packet's number, 1 for the first");
    private readonly Option<string> _config = Value("--config", "FILE", "the configuration whose routes the packet meets");

    public ExplainCommand()
        : base("explain", "say what a rule or an expression means, what rules do to one packet, or what they are compiled to")
    {
        _as.CompletionSources.Add(_ => Forms.Keys);
        foreach (var option in (Option[])[_as, _rules, _read, _number, _config]) Add(option);
        Add(_words);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline explain 12:ffff:0800 23:ff:11", "terms in words"),
        ("pipeline explain tcp port 443", "the filter's program, as tcpdump -d prints it"),
        ("pipeline explain -r trace.pcap ip6", "the same for the link type of a capture"),
        ("pipeline explain --rules edge.rules -r trace.pcap -n 7", "what packet 7 matches, and why"),
        ("pipeline explain --rules edge.rules --as ebpf", "the program for the kernel's XDP hook, and what it leaves to software"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var text = Words.Join(line, _words);
        var ofPacket = line.GetValue(_rules) is not null || line.GetValue(_number) is not null || line.GetValue(_config) is not null;
        if (text is null ? !ofPacket && line.GetValue(_read) is null : ofPacket)
            throw new UsageException("give a rule or expression, or --rules FILE -r FILE -n N for a packet, or --rules FILE --as il|ebpf for a program");
        terminal.Out.Write(text is null ? OfPacket(line, terminal, parts) : OfText(text, LinkOf(line.GetValue(_read), terminal, parts), line.GetValue(_as), terminal));
        return Task.FromResult(ExitCodes.Ok);
    }

    private static string OfText(string text, LinkLayer link, string? form, Terminal terminal)
    {
        ProgramForm? shown = form is null ? null : FormOf(form);
        if (shown == ProgramForm.Ebpf && link.Type != LinkType.Ethernet)
            throw new UsageException($"--as ebpf: the XDP hook sees Ethernet, and the capture's link type is {(int)link.Type}");
        var explanation = RuleExplanation.Of(new SourceText("command line", text), link, shown, out var found);
        if (found.Any(d => d.Severity == Severity.Error)) throw new InvalidInputException("cannot be explained", found);
        foreach (var warning in found) terminal.Error.WriteLine(warning);
        return explanation;
    }

    /// <summary>The link layer of a capture's first interface, as with <c>tcpdump -d -r</c>; Ethernet without a capture.</summary>
    private static LinkLayer LinkOf(string? capture, Terminal terminal, Parts parts)
    {
        if (capture is null) return LinkType.Ethernet;
        RefuseTerminal(capture, terminal);
        using var nic = parts.OpenSource(new SourceOptions { File = capture });
        return nic.Interfaces.Count > 0 ? nic.Interfaces[0].Link : LinkType.Ethernet;
    }

    private static void RefuseTerminal(string capture, Terminal terminal)
    {
        if (capture == "-" && terminal.InIsTerminal) throw new UsageException("-r -: standard input is a terminal; redirect a capture into it");
    }

    private static ProgramForm FormOf(string form) =>
        Forms.TryGetValue(form, out var known) ? known : throw new UsageException($"--as {form}: expected il, cbpf or ebpf");

    /// <summary>The program that a whole rule file is compiled to, for Ethernet.</summary>
    private static string OfRules(RuleSet rules, IReadOnlyList<Guard> guards, PipelineOptions options, ProgramForm form)
    {
        if (form == ProgramForm.Cbpf) throw new UsageException("--as cbpf shows one rule; `pipeline export --to cbpf` has the program of a rule file");
        if (form == ProgramForm.Ebpf) return XdpProgram.Compile(rules, guards, RouteVerdicts.Of(options)).Describe();
        var table = MarkTable.Compile(rules, guards);
        table.Prepare(LinkType.Ethernet);
        return table.Describe();
    }

    private string OfPacket(ParseResult line, Terminal terminal, Parts parts)
    {
        var form = line.GetValue(_as);
        if (form is not null && (line.GetValue(_read) ?? line.GetValue(_number)) is not null)
            throw new UsageException("--as shows the program of rules or of an expression, not of a packet");
        var options = ReadOptions(line.GetValue(_config), terminal, parts);
        var rules = line.GetValue(_rules) ?? options.Rules ?? throw new UsageException("which rules? give --rules FILE, or a --config that names them");
        var guards = KeepOutPorts.Of(options) is { } ports ? KeepOutGuards.All(ports) : [];
        if (form is not null) return OfRules(ReadRules(rules, terminal, parts), guards, options, FormOf(form));
        var read = line.GetValue(_read) ?? throw new UsageException("which capture? give -r FILE");
        var number = FlagValues.Count("-n", line.GetValue(_number)) ?? throw new UsageException("which packet? give -n N");
        RefuseTerminal(read, terminal);

        var table = MarkTable.Compile(ReadRules(rules, terminal, parts), guards);
        using var nic = parts.OpenSource(new SourceOptions { File = read });
        var trace = PacketSearch.Find(nic, number, (NicInterface from, in Packet packet, ReadOnlySpan<byte> bytes) => RuleTrace.Of(table, from, packet, bytes));
        return $"packet {number} of {nic.Name}: {trace.Text}{RouteInWords.Of(options, trace)}";
    }

    private static PipelineOptions ReadOptions(string? file, Terminal terminal, Parts parts)
    {
        var reading = parts.ReadConfiguration(file is null ? [] : [file], terminal.Environment);
        return reading.Options ?? throw new InvalidInputException("cannot be explained", reading.Diagnostics);
    }

    private static RuleSet ReadRules(string file, Terminal terminal, Parts parts)
    {
        var (rules, diagnostics) = parts.ReadRules(TextFile.Read(file));
        if (rules is null) throw new InvalidInputException("cannot be explained", diagnostics);
        foreach (var warning in diagnostics) terminal.Error.WriteLine(warning);
        return rules;
    }
}
