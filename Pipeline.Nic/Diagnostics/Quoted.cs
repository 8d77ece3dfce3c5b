using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pipeline.Nic.Diagnostics;

/// <summary>
/// What somebody else wrote, made fit for a terminal and for one line: what could drive the terminal, break the line, turn the reading
/// direction of what stands behind it, or hide, is shown as U+FFFD, and a tab as a space. Any thread.
/// </summary>
public static class Quoted
{
    private const int MostInMessages = 60;
    private const string Cut = "...";

    /// <summary>The whole text. It stays as long as it is, so that places in it stay where they are.</summary>
    public static string Of(string text) => IsPlain(text) ? text : Replaced(text);

    /// <summary>The beginning of a text, for a message.</summary>
    /// <param name="most">UTF-16 units that are shown, 2 or more; of a longer text, with three dots behind them.</param>
    public static string Short(ReadOnlySpan<char> text, int most = MostInMessages)
    {
        if (text.Length <= most) return Of(text.ToString());
        // No half of a character is shown.
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
    /// Format characters are those that turn the direction (U+202E and its like) and those that are not seen (U+200B and its like).
    /// </summary>
    private static bool IsFit(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
