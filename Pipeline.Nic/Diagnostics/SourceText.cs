using System.Diagnostics;

namespace Pipeline.Nic.Diagnostics;

/// <summary>A text that a user wrote, with its name, for messages that point into it.</summary>
[DebuggerDisplay("{Name}: {_lineStarts.Length} lines, {Text.Length} characters")]
public sealed class SourceText
{
    private readonly int[] _lineStarts;

    /// <summary>Takes a text and finds where its lines begin.</summary>
    /// <param name="name">The file's name as the user gave it, or a name such as "command line".</param>
    /// <param name="text">The whole text.</param>
    public SourceText(string name, string text)
    {
        Name = name;
        Text = text;
        _lineStarts = new int[1 + text.AsSpan().Count('\n')];
        for (var line = 1; line < _lineStarts.Length; line++) _lineStarts[line] = text.IndexOf('\n', _lineStarts[line - 1]) + 1;
    }

    /// <summary>The file's name as the user gave it, or a name such as "command line". Messages begin with it.</summary>
    public string Name { get; }

    /// <summary>The whole text. Positions are UTF-16 units of it, from 0.</summary>
    public string Text { get; }

    /// <summary>How many lines it has, with the one after the last line feed.</summary>
    internal int Lines => _lineStarts.Length;

    /// <summary>The 1-based line and column (in UTF-16 units) of a position.</summary>
    public (int Line, int Column) PositionOf(int offset)
    {
        var index = Array.BinarySearch(_lineStarts, Math.Clamp(offset, 0, Text.Length));
        var line = index >= 0 ? index : ~index - 1;
        return (line + 1, offset - _lineStarts[line] + 1);
    }

    /// <summary>The position of a 1-based line and column, or the nearest one where the text has no such place.</summary>
    public int OffsetOf(int line, int column)
    {
        var start = _lineStarts[Math.Clamp(line, 1, _lineStarts.Length) - 1];
        return (int)Math.Clamp((long)start + column - 1, start, Text.Length);
    }

    /// <summary>A line's text without its end; 1-based.</summary>
    public string Line(int number)
    {
        var start = _lineStarts[number - 1];
        var end = number < _lineStarts.Length ? _lineStarts[number] : Text.Length;
        return Text[start..end].TrimEnd('\r', '\n');
    }
}
