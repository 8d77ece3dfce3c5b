using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules.Parsing;

namespace Pipeline.Nic.Rules;

/// <summary>
/// Reads a rule file. Every error of the file is reported, up to <see cref="MostDiagnostics"/>; whatever the text contains, its length
/// bounds time and memory.
/// </summary>
public static class RuleParser
{
    /// <summary>The most errors and warnings reported for one text. Beyond that they repeat themselves.</summary>
    public const int MostDiagnostics = 100;

    /// <summary>The longest text read, in UTF-16 units: 64 Mi, about 800 000 rules.</summary>
    public const int LongestText = 64 << 20;

    /// <summary>Reads a text of rules to its end, whatever is wrong with it, so that one reading finds all errors. Any thread.</summary>
    /// <param name="source">The text. It may start with a byte order mark, and lines may end in CR LF.</param>
    /// <param name="diagnostics">Errors and warnings, in the order of the text.</param>
    /// <returns>The rules, numbered as generation 1; null when there is an error.</returns>
    public static RuleSet? Parse(SourceText source, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var rules = Read(source, out var report);
        diagnostics = report.InOrder();
        return report.HasErrors ? null : rules;
    }

    /// <summary>
    /// The rules of a text that have no error, whatever is wrong with the others, so that a check can go on with them. They must not be put
    /// in force. Any thread.
    /// </summary>
    public static RuleSet ReadWithoutErrors(SourceText source) => Read(source, out _);

    private static RuleSet Read(SourceText source, out RuleDiagnostics report)
    {
        report = new RuleDiagnostics(source);
        var file = new RuleFileReader(source, report);
        if (source.Text.Length <= LongestText) file.Read();
        else report.Error(new TextSpan(0, 0), $"the text has {source.Text.Length} characters; at most {LongestText} are read");
        return new RuleSet(1, file.Rules, file.LiftedGuards, source);
    }

    /// <summary>Reads the terms of a guard's condition, which know more bases than a rule's.</summary>
    internal static IReadOnlyList<Term> ParseGuardTerms(SourceText source, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var report = new RuleDiagnostics(source);
        var line = new LineScanner(source.Text, 0, source.Text.Length);
        List<Term> terms = [];
        for (var word = line.Next(); !word.IsEnd; word = line.Next())
        {
            if (new TermReader(word, report, isGuard: true).Read() is { } term) terms.Add(term);
        }

        diagnostics = report.InOrder();
        return terms;
    }
}
