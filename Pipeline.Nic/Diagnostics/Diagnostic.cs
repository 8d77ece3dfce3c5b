using System.Text;

namespace Pipeline.Nic.Diagnostics;

/// <summary>How bad it is, and so whether the text can be used.</summary>
public enum Severity
{
    /// <summary>The text can be used, but probably does not do what was meant.</summary>
    Warning,

    /// <summary>The text cannot be used.</summary>
    Error,
}

/// <summary>One thing that is wrong, or looks wrong, in a text that a user wrote.</summary>
/// <param name="Severity">Errors make the text unusable; warnings do not.</param>
/// <param name="Source">The text.</param>
/// <param name="Span">The stretch the message is about.</param>
/// <param name="Message">What was found and what was expected, without a full stop.</param>
/// <param name="Note">Two or three words beside the caret, or null.</param>
/// <param name="Help">What to do about it, or null.</param>
public sealed record Diagnostic(
    Severity Severity, SourceText Source, TextSpan Span, string Message, string? Note = null, string? Help = null)
{
    private const int WidestLine = 160;

    /// <summary>Makes an error: the text is unusable. The parameters are the record's.</summary>
    public static Diagnostic Error(SourceText source, TextSpan span, string message, string? note = null, string? help = null) =>
        new(Severity.Error, source, span, message, note, help);

    /// <summary>Makes a warning: the text can be used and looks wrong. The parameters are the record's.</summary>
    public static Diagnostic Warning(SourceText source, TextSpan span, string message, string? note = null, string? help = null) =>
        new(Severity.Warning, source, span, message, note, help);

    /// <summary><c>file:line:column: error: message</c>, the line with a caret under it, and the help, as compilers print it.</summary>
    public override string ToString()
    {
        var (line, column) = Source.PositionOf(Span.Start);
        var text = new StringBuilder();
        text.Append(
            $"{Quoted.Of(Source.Name)}:{line}:{column}: {(Severity == Severity.Error ? "error" : "warning")}: {Quoted.Of(Message)}");

        var (shown, shift) = Window(Source.Line(line), column - 1);
        var number = line.ToString();
        var caret = column - 1 - shift;
        var width = Math.Clamp(Span.Length, 1, Math.Max(1, shown.Length - caret));
        text.Append($"\n  {number} | {shown}");
        var note = Note is null ? "" : " " + Quoted.Of(Note);
        text.Append($"\n  {new string(' ', number.Length)} | {new string(' ', caret)}{new string('^', width)}{note}");
        if (Help is not null) text.Append($"\n  help: {Quoted.Of(Help)}");
        return text.ToString();
    }

    /// <summary>
    /// The part of a line that is shown, made safe so that a hostile file cannot control the terminal, and how many characters were cut off
    /// before it.
    /// </summary>
    private static (string Shown, int Shift) Window(string line, int column)
    {
        var shift = column > WidestLine - 20 ? Math.Min(column - 40, line.Length) : 0;
        var shown = line.Substring(shift, Math.Min(WidestLine, line.Length - shift));
        return (Quoted.Of(shown), shift);
    }
}
