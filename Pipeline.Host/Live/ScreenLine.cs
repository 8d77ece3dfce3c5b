using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Live;

/// <summary>How a piece of a line is to look. A terminal without colours shows all alike, so no meaning is in them alone.</summary>
internal enum Ink
{
    Plain,
    Bold,
    Faint,
    Good,
    Poor,
    Bad,
}

/// <summary>A part of a line.</summary>
internal readonly record struct Piece(string Text, Ink Ink = Ink.Plain);

/// <summary>One line of a screen. Its text is safe for a terminal.</summary>
internal sealed class ScreenLine
{
    public static readonly ScreenLine Empty = new();

    public ScreenLine(params IEnumerable<Piece> pieces) => Pieces = [.. pieces.Where(p => p.Text.Length > 0).Select(p => p with { Text = Quoted.Of(p.Text) })];

    public IReadOnlyList<Piece> Pieces { get; }

    public string Text => string.Concat(Pieces.Select(p => p.Text));

    public int Width => Pieces.Sum(p => p.Text.Length);

    public static ScreenLine Of(string text, Ink ink = Ink.Plain) => new(new Piece(text, ink));

    /// <summary>The same in one ink.</summary>
    public ScreenLine In(Ink ink) => new(Pieces.Select(p => p with { Ink = ink }));

    /// <summary>The line as far as a width goes. Three dots say that there is more.</summary>
    public ScreenLine Cut(int width)
    {
        if (Width <= width) return this;
        var (room, kept) = (Math.Max(0, width - Dots.Length), new List<Piece>());
        foreach (var piece in Pieces)
        {
            var text = piece.Text[..Math.Min(piece.Text.Length, room - kept.Sum(p => p.Text.Length))];
            kept.Add(piece with { Text = text });
        }

        return new([.. kept, new Piece(Dots[..Math.Min(width, Dots.Length)], Ink.Faint)]);
    }

    /// <summary>
    /// Parts that are set one behind the other, with a space in between, on as many lines as they need. A part that is longer than a line is
    /// cut between its words, or within a word that is longer than a line: nothing is left out.
    /// </summary>
    /// <param name="indent">Spaces before every line but the first.</param>
    public static IReadOnlyList<ScreenLine> Wrap(IEnumerable<Piece> parts, int width, int indent = 2)
    {
        var (lines, line, used) = (new List<ScreenLine>(), new List<Piece>(), 0);
        foreach (var word in parts.SelectMany(p => WordsOf(p, width - indent)))
        {
            if (used > 0 && used + 1 + word.Text.Length > width)
            {
                lines.Add(new(line));
                (line, used) = ([new Piece(new string(' ', indent))], indent);
            }
            else if (used > 0)
            {
                line.Add(new Piece(" "));
                used++;
            }

            line.Add(word);
            used += word.Text.Length;
        }

        lines.Add(new(line));
        return lines;
    }

    private const string Dots = "...";

    private static IEnumerable<Piece> WordsOf(Piece part, int most)
    {
        if (part.Text.Length <= most) return [part];
        return part.Text.Split(' ').SelectMany(w => w.Chunk(Math.Max(1, most))).Select(w => part with { Text = new string(w) });
    }
}
