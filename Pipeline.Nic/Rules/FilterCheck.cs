using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules;

/// <summary>
/// Finds what libpcap has against the filters of a text that has other errors already, so that one check finds all of them.
/// </summary>
public static class FilterCheck
{
    /// <summary>Compiles the filters of the rules that could be read. Takes seconds for a huge set. Any thread.</summary>
    /// <param name="source">The text.</param>
    /// <param name="found">What was found in it, which includes an error.</param>
    /// <param name="links">The link types that packets will have.</param>
    /// <returns>
    /// All of it and an error for each filter that none of these link types can have, in the order of the text. Where there is no room for
    /// all (<see cref="RuleParser.MostDiagnostics"/>), errors come first.
    /// </returns>
    public static IReadOnlyList<Diagnostic> BesideOthers(
        SourceText source, IReadOnlyList<Diagnostic> found, IReadOnlyCollection<LinkLayer> links)
    {
        List<Diagnostic> errors = [.. found.Where(d => d.Severity == Severity.Error)];
        var room = RuleParser.MostDiagnostics - errors.Count;
        if (room <= 0) return found;
        var table = MarkTable.Compile(RuleParser.ReadWithoutErrors(source));
        foreach (var link in links) table.Prepare(link);
        errors.AddRange(table.RejectedEverywhere(room));
        var warnings = found.Where(d => d.Severity != Severity.Error).Take(RuleParser.MostDiagnostics - errors.Count);
        return [.. errors.Concat(warnings).OrderBy(d => d.Span.Start)];
    }
}
