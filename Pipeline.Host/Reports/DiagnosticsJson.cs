using System.Text.Json;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>What <c>check</c> found, for scripts and editors.</summary>
internal static class DiagnosticsJson
{
    public static string Of(IReadOnlyList<Diagnostic> found) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        Write(json, found);
        json.WriteEndObject();
    });

    /// <summary>The fields of an object that is being written.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Diagnostic> found)
    {
        json.WriteString("schema", "pipeline.check/1");
        json.WriteNumber("errors", found.Count(d => d.Severity == Severity.Error));
        json.WriteNumber("warnings", found.Count(d => d.Severity == Severity.Warning));
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in found) Write(json, diagnostic);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Diagnostic diagnostic)
    {
        var (line, column) = diagnostic.Source.PositionOf(diagnostic.Span.Start);
        json.WriteStartObject();
        json.WriteString("severity", diagnostic.Severity == Severity.Error ? "error" : "warning");
        json.WriteString("file", diagnostic.Source.Name);
        json.WriteNumber("line", line);
        json.WriteNumber("column", column);
        json.WriteNumber("length", diagnostic.Span.Length);
        json.WriteString("message", diagnostic.Message);
        if (diagnostic.Help is not null) json.WriteString("help", diagnostic.Help);
        json.WriteEndObject();
    }
}
