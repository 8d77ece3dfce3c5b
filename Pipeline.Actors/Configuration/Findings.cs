using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>Collects what is wrong with a configuration, up to a number that somebody would still read.</summary>
internal sealed class Findings
{
    internal const int Most = 100;

    private readonly List<Diagnostic> _found = [];

    public bool HasErrors { get; private set; }

    /// <summary>Whether further findings are no longer kept, so that nobody needs to compose them.</summary>
    public bool IsFull => _found.Count > Most;

    public IReadOnlyList<Diagnostic> All => _found;

    public void Error(SourceText source, TextSpan span, string message, string? note = null, string? help = null) =>
        Add(Diagnostic.Error(source, span, message, note, help));

    public void Warning(SourceText source, TextSpan span, string message, string? note = null, string? help = null) =>
        Add(Diagnostic.Warning(source, span, message, note, help));

    public void Add(Diagnostic diagnostic)
    {
        // An error must not be lost behind a hundred warnings: whether there was one is kept in any case.
        HasErrors |= diagnostic.Severity == Severity.Error;
        if (_found.Count < Most) _found.Add(diagnostic);
        else if (_found.Count == Most) _found.Add(Diagnostic.Error(diagnostic.Source, diagnostic.Span, $"more than {Most} findings; the rest is not shown"));
    }

    /// <summary>Puts what was found since <paramref name="from"/> into the order of the texts it is about.</summary>
    public void SortFrom(int from)
    {
        var count = Math.Min(_found.Count, Most) - from;
        if (count < 2) return;
        var found = _found.GetRange(from, count);
        var sources = found.Select(d => d.Source).Distinct().ToList();
        var sorted = found.OrderBy(d => sources.IndexOf(d.Source)).ThenBy(d => d.Span.Start).ToList();
        for (var i = 0; i < count; i++) _found[from + i] = sorted[i];
    }
}
