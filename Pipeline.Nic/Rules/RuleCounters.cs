using System.Diagnostics;
using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Rules;

/// <summary>
/// Counts the packets that each rule matched, that each guard kept out, and that matched nothing. There is one per router. Only its thread
/// writes, with plain stores; any thread reads.
/// </summary>
[DebuggerDisplay("{Rules} rules, {Guards} guards, {Unmatched.Packets} packets unmatched")]
public sealed class RuleCounters(int rules, int guards = 0)
{
    // Packets and bytes of a rule lie side by side: one cache line per hit. Index 0 counts unmatched packets, so a packet's 1-based rule is
    // its index. Guards come after the rules.
    private readonly long[] _counts = new long[2 * (1 + rules + guards)];

    /// <summary>How many rules it counts for: as many as its table has.</summary>
    public int Rules => rules;

    /// <summary>How many keep-out guards it counts for.</summary>
    public int Guards => guards;

    /// <summary>Packets that no rule matched and no guard kept out, with their captured bytes.</summary>
    public PacketTally Unmatched => Of(0);

    /// <summary>
    /// Packets that a rule matched, with their captured bytes. A packet that several rules matched counts for each of them. If the device
    /// marked it, it counts only for the last.
    /// </summary>
    /// <param name="rule">1-based.</param>
    public PacketTally Of(int rule) => new(Volatile.Read(ref _counts[2 * rule]), Volatile.Read(ref _counts[(2 * rule) + 1]));

    /// <summary>Packets that a guard kept out, with their captured bytes. No rule was tried on them.</summary>
    /// <param name="guard">0-based.</param>
    public PacketTally OfGuard(int guard) => Of(rules + 1 + guard);

    /// <param name="rule">1-based; 0 for a packet that no rule matched.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // 1 ns of 13 a packet, when called
    internal void Count(int rule, int bytes)
    {
        _counts[2 * rule]++;
        _counts[(2 * rule) + 1] += bytes;
    }

    /// <summary>
    /// Whether many of the packets counted last matched. The next ones will probably match as well. For the thread that counts.
    /// </summary>
    internal bool ManyMatch { get; set; }

    /// <summary>The start of the counts. Compiled rules count at constant offsets from here.</summary>
    internal ref long First => ref _counts[0];
}
