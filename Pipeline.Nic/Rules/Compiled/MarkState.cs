using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>What is known of one packet while its rules are tried. Compiled rules address these fields directly.</summary>
internal struct MarkState
{
    /// <summary>Bytes to the network header; -1 when absent. Set before the rules run, and only where a rule asks.</summary>
    public int L3;

    /// <summary>Bytes to the header behind it; -1 when absent.</summary>
    public int L4;

    public uint Mark;

    /// <summary>1-based; the last that matched.</summary>
    public int Rule;

    /// <summary>How many rules matched.</summary>
    public int Matched;

    /// <summary>Writes down and counts that a rule matched.</summary>
    /// <param name="counts">The first of <see cref="RuleCounters"/>' counts.</param>
    /// <param name="number">The rule's 1-based place, which must be within the counters.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Record(ref MarkState state, ref long counts, long captured, int number, uint mark, uint mask)
    {
        ref var packets = ref Unsafe.Add(ref counts, 2 * number);
        packets++;
        Unsafe.Add(ref packets, 1) += captured;
        state.Mark = (state.Mark & ~mask) | (mark & mask);
        state.Rule = number;
        state.Matched++;
    }
}
