using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Checking;

/// <summary>Tells rule files from configurations.</summary>
internal static class TextKind
{
    /// <summary>Decides by the name, or else by the first word that is not in a comment.</summary>
    public static bool IsRules(SourceText text) => Path.GetExtension(text.Name).ToLowerInvariant() switch
    {
        ".rules" => true,
        ".conf" or ".hocon" or ".json" => false,
        _ => FirstWord(text.Text) is "rule" or "keep-out",
    };

    private static string? FirstWord(string text)
    {
        foreach (var line in text.EnumerateLines())
        {
            var word = line.Trim();
            if (word.IsEmpty || word[0] == '#' || word.StartsWith("//")) continue;
            var end = word.IndexOfAny(" \t={:");
            return (end < 0 ? word : word[..end]).ToString();
        }

        return null;
    }
}
