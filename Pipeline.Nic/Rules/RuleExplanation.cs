using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.Nic.Rules.Explaining;
using Pipeline.Nic.Rules.Il;
using Pipeline.Nic.Rules.Parsing;

namespace Pipeline.Nic.Rules;

/// <summary>Says in words what a rule or a pcap-filter expression does, and shows its compiled program: text in, text out.</summary>
public static partial class RuleExplanation
{
    private const int WidestTerm = 40;

    /// <summary>
    /// Explains lines of a rule file, bare terms (<c>12:ffff:0800 23:ff:11</c>), or otherwise a pcap-filter expression.
    /// </summary>
    /// <param name="form">The program to show; null shows classic BPF for a filter and none for terms.</param>
    /// <param name="link">The link layer that packets start with. Filters are compiled for it.</param>
    /// <param name="diagnostics">Errors and warnings in the text.</param>
    /// <returns>Lines for people; empty where there is an error.</returns>
    public static string Of(SourceText source, LinkLayer link, ProgramForm? form, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var rules = Read(source, out diagnostics);
        var text = new StringBuilder();
        List<Diagnostic> rejected = [];
        foreach (var rule in rules)
        {
            try
            {
                text.Append(Of(rule, link, form));
            }
            catch (FilterException e)
            {
                rejected.Add(Diagnostic.Error(source, rule.Span, e.Message));
            }
        }

        diagnostics = [.. diagnostics, .. rejected];
        return rejected.Count == 0 ? text.ToString() : "";
    }

    /// <summary>Explains one rule.</summary>
    /// <exception cref="FilterException">It is a filter that libpcap rejects for this link type.</exception>
    public static string Of(MarkRule rule, LinkLayer link, ProgramForm? form)
    {
        var filter = rule is FilterRule { Expression: var expression } ? FilterCompiler.Compile(expression, link) : null;
        var text = new StringBuilder();
        if (rule.Name.Length > 0) text.Append($"rule {rule.Name}\n");
        if (rule is TermRule terms) AppendTerms(text, terms.Terms);
        else text.Append($"  {rule.Condition}, for link type {LinkTypeName.Of(link)}\n");
        if (rule.Name.Length > 0) text.Append($"  {MarkInWords(rule)}\n");
        if ((form ?? (filter is null ? null : ProgramForm.Cbpf)) is { } shown) text.Append(Program(rule, filter, shown)).Append('\n');
        return text.ToString();
    }

    private static IReadOnlyList<MarkRule> Read(SourceText source, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var words = source.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var whole = new TextSpan(0, source.Text.Length);
        diagnostics = [];
        switch (words)
        {
            case []:
                diagnostics = [Diagnostic.Error(source, whole, "nothing to explain", "expected a rule, terms or a pcap-filter expression")];
                return [];
            case ["rule" or "keep-out" or ['#', ..], ..]:
                return ReadRules(source, whole, out diagnostics);
            default:
                if (words.All(w => TermShape().IsMatch(w))) return ReadTerms(source, whole, out diagnostics);
                return [new FilterRule("", source.Text.Trim(), whole, 0, 0, false, whole)];
        }
    }

    private static IReadOnlyList<MarkRule> ReadRules(SourceText source, TextSpan whole, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var rules = RuleParser.Parse(source, out diagnostics);
        if (rules is { Rules.Count: 0 })
            diagnostics = [.. diagnostics, Diagnostic.Error(
                source, whole, "there is no rule in this text", "expected a rule, terms or a pcap-filter expression")];
        return rules?.Rules ?? [];
    }

    private static IReadOnlyList<MarkRule> ReadTerms(SourceText source, TextSpan whole, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var report = new RuleDiagnostics(source);
        var scanner = new LineScanner(source.Text, 0, source.Text.Length);
        List<Term> terms = [];
        while (scanner.Next() is { IsEnd: false } word)
        {
            if (new TermReader(word, report).Read() is { } term) terms.Add(term);
        }

        diagnostics = report.InOrder();
        return report.HasErrors ? [] : [new TermRule("", terms, 0, 0, false, whole)];
    }

    /// <summary>
    /// An address and two more parts. No word of the filter language looks like this: IPv6 and MAC addresses have more colons.
    /// </summary>
    [GeneratedRegex(@"^(\d+|(l[234])?(\[[^\]]*\]?)*(\+\d*)?):[^:]+:[^:]*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TermShape();

    private static void AppendTerms(StringBuilder text, IReadOnlyList<Term> terms)
    {
        var width = Math.Min(WidestTerm, terms.Max(t => t.ToString().Length));
        foreach (var term in terms) text.Append($"  {term.ToString().PadRight(width)}  {TermInWords.Of(term)}\n");
    }

    private static string MarkInWords(MarkRule rule)
    {
        var kept = rule.MarkMask == uint.MaxValue ? "" : $"(mark & 0x{~rule.MarkMask:x8}) | ";
        return $"mark becomes {kept}0x{rule.Mark & rule.MarkMask:x}"
            + (rule.Continue ? ", and later rules are tried" : ", and no later rule is tried");
    }

    private static string Program(MarkRule rule, CbpfProgram? filter, ProgramForm form) => form switch
    {
        ProgramForm.Il => RuleCompiler.ListingOf(rule, filter),
        ProgramForm.Cbpf when filter is not null => CbpfListing.Of(filter),
        ProgramForm.Cbpf => CbpfOf(rule),
        _ => EbpfOf(rule, filter),
    };

    /// <summary>The whole program that the kernel would run. It is for Ethernet.</summary>
    private static string EbpfOf(MarkRule rule, CbpfProgram? filter)
    {
        var program = XdpCompiler.Compile(RuleSet.Empty with { Rules = [rule] }, [filter], [], []);
        return program.Refused.Count == 0 ? program.Describe() : $"no eBPF: {program.Refused[0].Reason}";
    }

    /// <summary>The program that an export would have. It is for Ethernet.</summary>
    private static string CbpfOf(MarkRule rule)
    {
        try
        {
            return CbpfListing.Of(RuleAssembler.Of(rule));
        }
        catch (Exception e) when (e is NotExpressibleException or NeverMatchesException)
        {
            return $"no classic BPF: {e.Message}";
        }
    }
}
