using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>
/// Collects what is wrong with a configuration, up to as many errors and as many warnings as somebody would still read. The two are counted
/// apart, so that warnings never displace an error.
/// </summary>
internal sealed class Findings
{
    internal const int Most = 100;

    private readonly List<Diagnostic> _found = [];
    private readonly List<Diagnostic> _notices = [];
    private int _errors;
    private int _warnings;

    public bool HasErrors => _errors > 0;

    /// <summary>Whether further errors are discarded, so that callers need not compose them.</summary>
    public bool IsFull => _errors > Most;

    public int Count => _found.Count;

    public IReadOnlyList<Diagnostic> All => [.. _found, .. _notices];

    public void Error(SourceText source, TextSpan span, string message, string? note = null, string? help = null) =>
        Add(Diagnostic.Error(source, span, message, note, help), ++_errors);

    public void Warning(SourceText source, TextSpan span, string message, string? note = null, string? help = null) =>
        Add(Diagnostic.Warning(source, span, message, note, help), ++_warnings);

    /// <summary>Whether anything was found in a text.</summary>
    public bool IsAbout(SourceText source) => _found.Exists(d => ReferenceEquals(d.Source, source));

    /// <summary>Puts what was found since <paramref name="from"/> into the order of the texts it is about.</summary>
    public void SortFrom(int from)
    {
        var found = _found[from..];
        var sources = found.Select(d => d.Source).Distinct().ToList();
        _found.RemoveRange(from, found.Count);
        _found.AddRange(found.OrderBy(d => sources.IndexOf(d.Source)).ThenBy(d => d.Span.Start));
    }

    private void Add(Diagnostic diagnostic, int number)
    {
        if (number <= Most) _found.Add(diagnostic);
        if (number != Most + 1) return;
        var what = diagnostic.Severity == Severity.Error ? "errors" : "warnings";
        _notices.Add(diagnostic with { Message = $"more than {Most} {what}; the rest is not shown", Note = null, Help = null });
    }
}
