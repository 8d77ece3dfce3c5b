using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>Collects the errors and warnings of one text. Where there is no room for all, errors come first.</summary>
internal sealed class RuleDiagnostics(SourceText source)
{
    private readonly List<Diagnostic> _errors = [];
    private readonly List<Diagnostic> _warnings = [];

    public bool HasErrors => _errors.Count > 0;

    /// <summary>Whether reading further would tell nothing new: the file is unusable and its errors fill the list.</summary>
    public bool IsFull => _errors.Count >= RuleParser.MostDiagnostics;

    public void Error(TextSpan span, string message, string? note = null, string? help = null)
    {
        if (IsFull) return;
        if (_errors.Count == RuleParser.MostDiagnostics - 1)
        {
            message = "too many errors; the rest of the text was not read";
            (note, help) = (null, null);
        }

        _errors.Add(Diagnostic.Error(source, span, message, note, help));
    }

    public void Warning(TextSpan span, string message, string? note = null, string? help = null)
    {
        if (_warnings.Count < RuleParser.MostDiagnostics) _warnings.Add(Diagnostic.Warning(source, span, message, note, help));
    }

    public IReadOnlyList<Diagnostic> InOrder() =>
        [.. _errors.Concat(_warnings.Take(RuleParser.MostDiagnostics - _errors.Count)).OrderBy(d => d.Span.Start)];
}
