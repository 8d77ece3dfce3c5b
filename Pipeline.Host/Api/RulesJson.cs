using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Api;

/// <summary>Answer of <c>GET /api/v1/rules</c>.</summary>
internal sealed record RulesJson(int Generation, string Source, string Text, IReadOnlyList<RuleJson> Rules, TallyJson Unmatched);

/// <summary>Answer of <c>POST /api/v1/rules/check</c>.</summary>
/// <param name="Ok">Whether there is no error.</param>
internal sealed record RuleCheckJson(bool Ok, int Errors, int Warnings, IReadOnlyList<DiagnosticJson> Diagnostics);

/// <summary>Answer of <c>PUT /api/v1/rules</c> and of a roll-back.</summary>
/// <param name="Generation">The new one.</param>
/// <param name="Diagnostics">Warnings.</param>
internal sealed record RuleChangeJson(int Generation, IReadOnlyList<DiagnosticJson> Diagnostics);

/// <summary>Answer of <c>GET /api/v1/rules/history</c>, the newest first.</summary>
internal sealed record RuleHistoryJson(int Generation, IReadOnlyList<RuleTextJson> Generations);

internal sealed record RuleTextJson(int Generation, string Source, string? Who, DateTimeOffset? When, int Rules, string Text)
{
    public static RuleTextJson Of(RuleText text) => new(text.Generation, text.Source, text.Who, text.When, text.Rules, text.Text);
}

/// <summary>One thing that is wrong or looks wrong.</summary>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based, in UTF-16 units, as JavaScript counts.</param>
/// <param name="Length">In the same units.</param>
internal sealed record DiagnosticJson(string Severity, int Line, int Column, int Length, string Message, string? Note, string? Help)
{
    public static DiagnosticJson Of(Diagnostic found)
    {
        var (line, column) = found.Source.PositionOf(found.Span.Start);
        return new(found.Severity == Nic.Diagnostics.Severity.Error ? "error" : "warning", line, column, found.Span.Length, found.Message, found.Note, found.Help);
    }

    public static IReadOnlyList<DiagnosticJson> Of(IReadOnlyList<Diagnostic> found) => [.. found.Select(Of)];
}
