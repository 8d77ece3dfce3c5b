using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// What a rule or a guard says, as 128 bits of its digest. Books remember tens of thousands of rules that are gone, and their texts would
/// take ten times as much. No two texts that anybody can find have the same.
/// </summary>
internal readonly record struct AccountKey
{
    private readonly UInt128 _digest;

    private AccountKey(ReadOnlySpan<char> text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text), digest);
        _digest = MemoryMarshal.Read<UInt128>(digest);
    }

    /// <summary>The key of no rule: what no rule matched, and the sum of what is not remembered.</summary>
    public static AccountKey None => default;

    /// <summary>The keys of rules at their 1-based place, and of guards behind them.</summary>
    public static List<AccountKey> Of(MarkTable table)
    {
        var keys = new List<AccountKey>(1 + table.Rules.Rules.Count + table.Guards.Count) { None };
        var text = new StringBuilder();
        foreach (var rule in table.Rules.Rules) keys.Add(Of(rule, text.Clear()));
        foreach (var guard in table.Guards) keys.Add(new AccountKey($"keep-out {guard.Name}"));
        return keys;
    }

    private static AccountKey Of(MarkRule rule, StringBuilder text)
    {
        rule.AppendTo(text);

        // Nearly every rule fits the builder's first piece, which then needs no copy.
        var chunks = text.GetChunks().GetEnumerator();
        if (chunks.MoveNext() && chunks.Current.Length == text.Length) return new AccountKey(chunks.Current.Span);
        return new AccountKey(text.ToString());
    }
}
