using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Schema;

/// <summary>One thing that is wrong or looks wrong.</summary>
/// <param name="File">The text's name; null in an answer about a text that was sent.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based, in UTF-16 units, as JavaScript counts.</param>
/// <param name="Length">In the same units.</param>
internal sealed record DiagnosticJson(string Severity, string? File, int Line, int Column, int Length, string Message, string? Note, string? Help)
{
    private const string Error = "error";

    /// <summary>For the sender of the text, who knows its name.</summary>
    public static IReadOnlyList<DiagnosticJson> Of(IReadOnlyList<Diagnostic> found) => [.. found.Select(Of)];

    public static IReadOnlyList<DiagnosticJson> OfFiles(IReadOnlyList<Diagnostic> found) => [.. found.Select(d => Of(d) with { File = d.Source.Name })];

    /// <summary>Places it in the text that was sent, for the sender of the text.</summary>
    public Diagnostic In(SourceText source)
    {
        var start = source.OffsetOf(Line, Column);
        var severity = Severity == Error ? Nic.Diagnostics.Severity.Error : Nic.Diagnostics.Severity.Warning;
        return new(severity, source, new TextSpan(start, Math.Clamp(Length, 0, source.Text.Length - start)), Quoted.Of(Message), Plain(Note), Plain(Help));

        static string? Plain(string? words) => words is null ? null : Quoted.Of(words);
    }

    private static DiagnosticJson Of(Diagnostic found)
    {
        var (line, column) = found.Source.PositionOf(found.Span.Start);
        var severity = found.Severity == Nic.Diagnostics.Severity.Error ? Error : "warning";
        return new(severity, null, line, column, found.Span.Length, found.Message, found.Note, found.Help);
    }
}
