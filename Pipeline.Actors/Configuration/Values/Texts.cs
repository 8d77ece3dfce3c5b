using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>Values that are taken as they are written.</summary>
internal static class Texts
{
    public static readonly Reading<string> Any = Said("a text");

    public static readonly Reading<string> FileName = Said("a file name");

    /// <summary>Refuses an empty text, and one that contains NUL, because strings of the kernel and of libpcap end there.</summary>
    private static Reading<string> Said(string expected) => new(
        expected,
        (string text, [MaybeNullWhen(false)] out string value) =>
        {
            value = text;
            return text.Length > 0 && !text.Contains('\0');
        });
}
