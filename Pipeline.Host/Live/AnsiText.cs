using System.Text;

namespace Pipeline.Host.Live;

/// <summary>Lines as a terminal takes them (ECMA-48).</summary>
internal static class AnsiText
{
    /// <summary>The whole screen, from its first line to its last. What stood there before is gone.</summary>
    /// <param name="hasColours">Without them only the places of characters are sent.</param>
    public static string Screen(IEnumerable<ScreenLine> lines, bool hasColours)
    {
        // Terminals that know the mode 2026 show the screen only when it is complete; the others pass over it.
        var text = new StringBuilder("\e[?2026h\e[H");
        var isFirst = true;
        foreach (var line in lines)
        {
            if (!isFirst) text.Append("\r\n");
            isFirst = false;

            // First the erasing: after the last column of a line it would erase that column.
            text.Append("\e[2K");
            Append(text, line, hasColours);
        }

        return text.Append(isFirst ? "\e[2J" : "\e[J").Append("\e[?2026l").ToString();
    }

    private static void Append(StringBuilder text, ScreenLine line, bool hasColours)
    {
        foreach (var piece in line.Pieces)
        {
            var code = hasColours ? CodeOf(piece.Ink) : "";
            if (code.Length > 0) text.Append("\e[").Append(code).Append('m').Append(piece.Text).Append("\e[0m");
            else text.Append(piece.Text);
        }
    }

    private static string CodeOf(Ink ink) => ink switch
    {
        Ink.Bold => "1",
        Ink.Faint => "2",
        Ink.Good => "32",
        Ink.Poor => "33",
        Ink.Bad => "31",
        _ => "",
    };
}
