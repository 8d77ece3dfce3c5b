using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>The findings of a check, for people: each with its place, and their number.</summary>
internal static class DiagnosticsInWords
{
    /// <param name="looked">What was looked at, in a line for each.</param>
    public static void Write(IReadOnlyList<Diagnostic> found, TextWriter text, params IEnumerable<string> looked)
    {
        foreach (var diagnostic in found) text.WriteLine(diagnostic);
        foreach (var line in looked) text.WriteLine(line);
        text.WriteLine($"{Count(Severity.Error, "error")}, {Count(Severity.Warning, "warning")}");

        string Count(Severity severity, string name)
        {
            var count = found.Count(d => d.Severity == severity);
            return count == 1 ? $"1 {name}" : $"{count} {name}s";
        }
    }
}
