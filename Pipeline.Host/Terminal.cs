using System.Collections;

namespace Pipeline.Host;

/// <summary>Where the program's words go, and what is at the other end. Data goes to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string> Environment)
{
    public bool InIsTerminal { get; init; }

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether escape sequences may be sent to <see cref="Error"/> (no-color.org: any non-empty value says no).</summary>
    public bool AllowsEscapes =>
        ErrorIsTerminal
        && Environment.GetValueOrDefault("NO_COLOR", "").Length == 0
        && Environment.GetValueOrDefault("TERM", "dumb") != "dumb";

    /// <param name="plain">Whether the user asked for no escape sequences.</param>
    public static Terminal OfThisProcess(bool plain)
    {
        // The runtime's console sends its own sequences (it switches the keypad) unless it thinks the terminal is a dumb one.
        if (plain || !string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("NO_COLOR"))) System.Environment.SetEnvironmentVariable("TERM", "dumb");
        return new Terminal(Console.Out, Console.Error, Variables())
        {
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
        };
    }

    private static Dictionary<string, string> Variables() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
}
