using Pipeline.Nic.Diagnostics;

namespace Pipeline.TestSupport;

/// <summary>What every diagnostic must be, whatever text it is about.</summary>
public static class FuzzedDiagnostic
{
    /// <summary>More nobody reads in one piece.</summary>
    private const int MostWords = 4096;

    /// <exception cref="FuzzException">It points out of its text, or it says nothing, or it says too much.</exception>
    public static void Check(Diagnostic diagnostic)
    {
        var (span, text) = (diagnostic.Span, diagnostic.Source.Text);
        FuzzException.Unless(span.Start >= 0 && span.Length >= 0 && span.End <= text.Length, $"{span} is not in the text: {diagnostic.Message}");
        FuzzException.Unless(diagnostic.Message.Length > 0 && diagnostic.ToString().Length < MostWords, $"too few or too many words: {diagnostic.Message}");
    }
}
