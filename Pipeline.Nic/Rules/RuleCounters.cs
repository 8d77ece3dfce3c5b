using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Rules;

/// <summary>
/// How many packets each rule matched, and how many matched none. One to each router: written by its thread alone, with plain
/// stores, and readable by anyone.
/// </summary>
public sealed class RuleCounters(int rules)
{
    // Packets and bytes of a rule lie side by side: one cache line a hit. Index 0 counts the unmatched, so that a packet's 1-based
    // rule is its index.
    private readonly long[] _counts = new long[2 * (rules + 1)];

    public int Rules => (_counts.Length / 2) - 1;

    public PacketTally Unmatched => Of(0);

    /// <param name="rule">1-based.</param>
    public PacketTally Of(int rule) => new(Volatile.Read(ref _counts[2 * rule]), Volatile.Read(ref _counts[(2 * rule) + 1]));

    /// <param name="rule">1-based; 0 for a packet that no rule matched.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // 1 ns of 13 a packet, when called
    internal void Count(int rule, int bytes)
    {
        _counts[2 * rule]++;
        _counts[(2 * rule) + 1] += bytes;
    }

    /// <summary>Where the counts begin, for compiled rules, which count by constant offsets from here.</summary>
    internal ref long First => ref _counts[0];
}
