using System.Collections;
using System.Text;
using Pipeline.Host.Reports;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Linux;

namespace Pipeline.Host;

/// <summary>
/// The streams that the program writes to, and what is at their other ends. Data goes to <see cref="Out"/>, everything else to
/// <see cref="Error"/>.
/// </summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string> Environment)
{
    public bool InIsTerminal { get; init; }

    public Func<Stream> OpenIn { get; init; } = () => StandardStream.Input;

    /// <summary>Standard output for bytes that are no text.</summary>
    public Func<Stream> OpenOut { get; init; } = () => StandardStream.Output;

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>What writes <see cref="Error"/> where every line is to be JSON, and takes events; null where lines are words.</summary>
    public JsonLog? Log { get; init; }

    /// <summary>The same, with a JSON object for each line on <see cref="Error"/>, and so without a display.</summary>
    public Terminal LoggingJson()
    {
        var log = new JsonLog(Error, TimeProvider.System);
        return this with { Error = log, Log = log, ErrorIsTerminal = false };
    }

    /// <summary>Whether escape sequences may be sent to <see cref="Error"/> (no-color.org: any non-empty value says no).</summary>
    public bool AllowsEscapes => ErrorIsTerminal && WantsEscapes;

    /// <summary>Whether escape sequences may be sent to <see cref="Out"/>.</summary>
    public bool OutAllowsEscapes => OutIsTerminal && WantsEscapes;

    /// <summary>Whether <see cref="Out"/> is a terminal that can be written on anywhere. Whoever wants no colours can still have that.</summary>
    public bool OutIsMovable => OutIsTerminal && Environment.GetValueOrDefault("TERM", "dumb") != "dumb";

    private bool WantsEscapes =>
        Environment.GetValueOrDefault("NO_COLOR", "").Length == 0
        && Environment.GetValueOrDefault("TERM", "dumb") != "dumb";

    /// <param name="plain">Whether the user asked for no escape sequences.</param>
    public static Terminal OfThisProcess(bool plain)
    {
        var variables = Variables();
        if (plain) variables["NO_COLOR"] = "1";

        // The runtime's console sends an escape sequence by itself (it switches the keypad), but not to a terminal that is declared dumb.
        if (variables.GetValueOrDefault("NO_COLOR", "").Length > 0) System.Environment.SetEnvironmentVariable("TERM", "dumb");
        return new Terminal(Writer(StandardStream.Output), Writer(StandardStream.Error), variables)
        {
            InIsTerminal = StandardStreams.IsTerminal(StandardStreams.Input),
            OutIsTerminal = StandardStreams.IsTerminal(StandardStreams.Output),
            ErrorIsTerminal = StandardStreams.IsTerminal(StandardStreams.Error),
        };
    }

    /// <summary>Writes a line when it is complete, from any thread.</summary>
    private static TextWriter Writer(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true });

    private static Dictionary<string, string> Variables() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
}
