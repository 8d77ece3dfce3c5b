using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>Reads faults as they are written: <c>stall 2 at 50000 for 1000</c>, <c>corrupt 0 at 7</c>, <c>flap at 100 for 20</c>.</summary>
public sealed class FaultReader
{
    private static readonly Dictionary<string, FaultKind> Kinds =
        Enum.GetValues<FaultKind>().ToDictionary(kind => kind == FaultKind.SlowClock ? "slow-clock" : kind.ToString().ToLowerInvariant());

    private readonly string _text;
    private int _at;

    private FaultReader(string text) => _text = text;

    /// <summary>What is wrong, and what was expected, without a full stop.</summary>
    public string Error { get; private set; } = "";

    /// <summary>The word that <see cref="Error"/> is about.</summary>
    public TextSpan ErrorSpan { get; private set; }

    internal static string WordOf(FaultKind kind) => Kinds.First(k => k.Value == kind).Key;

    /// <param name="text">One fault.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="reader">Says what is wrong when the answer is false.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out SimulatedFault? fault, out FaultReader reader)
    {
        reader = new FaultReader(text);
        fault = reader.Read();
        return fault is not null;
    }

    private SimulatedFault? Read()
    {
        var word = Next();
        if (!Kinds.TryGetValue(word, out var kind)) return Expected(word, $"expected one of {string.Join(", ", Kinds.Keys)}");
        var ofDevice = kind is FaultKind.Flap or FaultKind.SlowClock;
        int? queue = null;
        if (!ofDevice)
        {
            if (!int.TryParse(word = Next(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return Expected(word, "expected the number of a queue");
            queue = number;
        }

        if ((word = Next()) != "at") return Expected(word, ofDevice ? "expected `at`; this fault is not of one queue" : "expected `at`");
        if (!Packets(word = Next(), 0, out var at)) return Expected(word, "expected the number of a packet, counted from 0");
        word = Next();
        if (word.Length == 0)
            return kind is FaultKind.Stall or FaultKind.Flap or FaultKind.SlowClock
                ? Expected(word, "expected `for` and a number of packets")
                : new(kind, queue, at, null);
        if (word != "for") return Expected(word, "expected `for`");
        if (!Packets(word = Next(), 1, out var packets)) return Expected(word, "expected a number of packets, 1 or more");
        return (word = Next()).Length > 0 ? Expected(word, "expected nothing more") : new SimulatedFault(kind, queue, at, packets);
    }

    private static bool Packets(string word, long least, out long number) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least;

    private string Next()
    {
        while (_at < _text.Length && _text[_at] == ' ') _at++;
        var start = _at;
        while (_at < _text.Length && _text[_at] != ' ') _at++;
        ErrorSpan = new TextSpan(start, _at - start);
        return _text[start.._at];
    }

    private SimulatedFault? Expected(string found, string expected)
    {
        Error = found.Length == 0 ? $"the fault ends too early; {expected}" : $"`{found}`: {expected}";
        return null;
    }
}
