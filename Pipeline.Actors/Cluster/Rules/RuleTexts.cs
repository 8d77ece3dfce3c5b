using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Actors.Generations;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>
/// The texts of rules that this node has, by their hashes: those that came last, as many as fit, and those that somebody else here keeps. Any
/// thread.
/// </summary>
internal sealed class RuleTexts
{
    /// <summary>The most bytes of a text that travels, four times what a pipeline takes over HTTP.</summary>
    public const int MostBytes = 16 << 20;

    private const int HashDigits = 64;

    /// <summary>A text of megabytes is one object for as long as it is in force, and its hash is asked for once a second.</summary>
    private static readonly ConditionalWeakTable<string, string> Hashes = [];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>The hashes, those that were added last at the end.</summary>
    private readonly List<string> _order = [];
    private (string Hash, byte[] Bytes) _encoded = ("", []);
    private volatile Func<IEnumerable<string>> _kept = static () => [];
    private long _characters;

    /// <returns>The SHA-256 of a text's bytes in UTF-8, as 64 hexadecimal digits in lower case.</returns>
    public static string HashOf(string text) =>
        Hashes.GetValue(text, static t => HashOf(Encoding.UTF8.GetBytes(t)));

    public static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static bool IsHash(string words) => words.Length == HashDigits && words.All(char.IsAsciiHexDigitLower);

    /// <returns>Its hash.</returns>
    public string Add(string text)
    {
        var hash = HashOf(text);
        lock (_gate)
        {
            if (_texts.TryAdd(hash, text)) _characters += text.Length;
            else _order.Remove(hash);
            _order.Add(hash);
            while (_order.Count > 1 && IsFull) Forget(_order[0]);
        }

        return hash;
    }

    /// <summary>Finds these as well, such as the texts of a history. They are looked at each time, on the thread that asks.</summary>
    public void Beside(Func<IEnumerable<string>> kept) => _kept = kept;

    /// <returns>The text; null where it is not here.</returns>
    public string? Find(string hash)
    {
        lock (_gate)
        {
            if (_texts.TryGetValue(hash, out var text)) return text;
        }

        return _kept().FirstOrDefault(t => HashOf(t) == hash);
    }

    /// <returns>The text's bytes, which nobody changes; null where it is not here.</returns>
    public byte[]? BytesOf(string hash)
    {
        lock (_gate)
        {
            if (_encoded.Hash == hash) return _encoded.Bytes;
        }

        if (Find(hash) is not { } text) return null;
        var bytes = Encoding.UTF8.GetBytes(text);
        lock (_gate) _encoded = (hash, bytes);
        return bytes;
    }

    private bool IsFull => _order.Count > RuleHistory.MostGenerations || _characters > RuleHistory.MostCharacters;

    private void Forget(string hash)
    {
        _order.Remove(hash);
        if (_texts.Remove(hash, out var text)) _characters -= text.Length;
    }
}
