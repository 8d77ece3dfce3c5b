using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pipeline.Nic.Diagnostics;

/// <summary>
/// Makes foreign text safe for a terminal and for one line. Characters that could control the terminal, break the line, turn the reading
/// direction of the text after them, or stay invisible are shown as U+FFFD, and a tab as a space. Any thread.
/// </summary>
public static class Quoted
{
    private const int MostInMessages = 60;
    private const string Cut = "...";

    /// <summary>The whole text. Its length does not change, so positions in it stay the same.</summary>
    public static string Of(string text) => IsPlain(text) ? text : Replaced(text);

    /// <summary>The beginning of a text, for a message.</summary>
    /// <param name="most">UTF-16 units that are shown, 2 or more. A longer text gets three dots after them.</param>
    public static string Short(ReadOnlySpan<char> text, int most = MostInMessages)
    {
        if (text.Length <= most) return Of(text.ToString());
        // Half a character must not be shown.
        var end = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return Of(text[..end].ToString()) + Cut;
    }

    private static string Replaced(string text) => string.Create(text.Length, text, static (fit, text) =>
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var isCharacter = Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done;
            if (isCharacter && IsFit(rune)) rest[..length].CopyTo(fit);
            else fit[..length].Fill(rune.Value == '\t' ? ' ' : '\uFFFD');
            rest = rest[length..];
            fit = fit[length..];
        }
    });

    /// <summary>Whether it is printable ASCII, as nearly all of it is.</summary>
    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>
    /// Format characters turn the direction (such as U+202E) or are invisible (such as U+200B).
    /// </summary>
    private static bool IsFit(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
