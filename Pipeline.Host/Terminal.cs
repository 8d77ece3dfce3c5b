using System.Collections;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Host;

/// <summary>Where the program's words go, and what is at the other end. Data goes to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string> Environment)
{
    private const nint StandardOutput = 1;

    public bool InIsTerminal { get; init; }

    public Func<Stream> OpenIn { get; init; } = Console.OpenStandardInput;

    public bool OutIsTerminal { get; init; }

    /// <summary>Opens standard output for lines that come for as long as somebody reads them: unlike <see cref="Out"/> it fails when nobody does any more.</summary>
    public Func<TextWriter>? Lines { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether escape sequences may be sent to <see cref="Error"/> (no-color.org: any non-empty value says no).</summary>
    public bool AllowsEscapes => ErrorIsTerminal && WantsEscapes;

    /// <summary>The same of <see cref="Out"/>.</summary>
    public bool OutAllowsEscapes => OutIsTerminal && WantsEscapes;

    private bool WantsEscapes =>
        Environment.GetValueOrDefault("NO_COLOR", "").Length == 0
        && Environment.GetValueOrDefault("TERM", "dumb") != "dumb";

    /// <inheritdoc cref="Lines"/>
    public TextWriter OpenLines() => Lines?.Invoke() ?? Out;

    /// <param name="plain">Whether the user asked for no escape sequences.</param>
    public static Terminal OfThisProcess(bool plain)
    {
        // The runtime's console sends its own sequences (it switches the keypad) unless it thinks the terminal is a dumb one.
        if (plain || !string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("NO_COLOR"))) System.Environment.SetEnvironmentVariable("TERM", "dumb");
        return new Terminal(Console.Out, Console.Error, Variables())
        {
            Lines = OpenStandardOutput,
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
        };
    }

    /// <summary>A file cannot be closed by its reader, and keeps its place with the console's stream only.</summary>
    private static TextWriter OpenStandardOutput()
    {
        var stream = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.Out : new StreamWriter(stream) { AutoFlush = true };
    }

    private static Dictionary<string, string> Variables() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
}
