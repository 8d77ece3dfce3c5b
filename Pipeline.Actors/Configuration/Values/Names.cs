using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>Names of pipelines: they become names of files, and words on a command line.</summary>
public static class Names
{
    /// <summary>The most characters of a name.</summary>
    public const int Most = 64;

    internal static readonly Reading<string> Reading = new(
        $"a name: 1 to {Most} of A-Z a-z 0-9 _ . -, without a leading dot",
        (string text, [MaybeNullWhen(false)] out string value) =>
        {
            value = text;
            return IsName(text);
        });

    /// <summary>Whether a text is a name.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= Most && text[0] != '.' && text.All(IsOfName);

    /// <summary>Makes a name of any text, such as the name of a file, by replacing what a name must not have.</summary>
    public static string Of(string text)
    {
        var name = string.Concat(text.Take(Most).Select(c => IsOfName(c) ? c : '-')).TrimStart('.');
        return name.Length > 0 ? name : "pipeline";
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';
}
