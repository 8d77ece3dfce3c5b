using Pipeline.Host.Checking;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Reports;

/// <summary>
/// Writes the changes that new rules would make: findings to standard error and differences to standard output, or all of it as JSON.
/// </summary>
internal static class ComparisonReport
{
    /// <returns>The exit code.</returns>
    public static int Write(Comparison comparison, Terminal terminal, bool json)
    {
        if (json) terminal.Out.WriteLine(JsonText.Of(comparison.ToJson(), JsonShapes.Default.CheckJson));
        else
        {
            DiagnosticsInWords.Write(comparison.Found, terminal.Error);
            foreach (var text in ComparisonInWords.Of(comparison)) terminal.Out.WriteLine(text);
        }

        if (comparison.Broken is { } broken) terminal.Error.WriteLine($"error: {broken.Message}");
        return comparison.HasErrors ? ExitCodes.InvalidInput : ExitCodes.Ok;
    }
}
