using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Compiled;

namespace Pipeline.Nic.Rules;

/// <summary>Rules as they are meant, without a compiler: the specification and the oracle, slow and plain.</summary>
/// <param name="rules">The rules, in order.</param>
/// <param name="filters">A program for each filter rule that libpcap accepts for this link type.</param>
/// <param name="from">The first of the rules it tries; those before are someone else's.</param>
internal sealed class InterpretedRules(IReadOnlyList<MarkRule> rules, IReadOnlyList<CbpfProgram?> filters, int from = 0)
{
    /// <summary>Whether one rule matches, by its 0-based place.</summary>
    public bool Matches(int index, in LocatedPacket packet) => rules[index] switch
    {
        TermRule rule => AllMatch(rule.Terms, packet),
        FilterRule => filters[index] is { } filter && CbpfInterpreter.Run(filter, packet.Bytes, packet.WireLength) != 0,
        _ => false,
    };

    /// <inheritdoc cref="RuleChunk"/>
    public unsafe int Try(ref MarkState state, byte* bytes, long captured, uint wireLength, ref long counts)
    {
        var packet = new LocatedPacket(new ReadOnlySpan<byte>(bytes, (int)captured), wireLength, state.L3, state.L4);
        for (var i = from; i < rules.Count; i++)
        {
            if (!Matches(i, packet)) continue;
            if (!rules[i].Continue) return i + 1;
            MarkState.Record(ref state, ref counts, captured, i + 1, rules[i].Mark, rules[i].MarkMask);
        }

        return 0;
    }

    private static bool AllMatch(IReadOnlyList<Term> terms, in LocatedPacket packet)
    {
        for (var i = 0; i < terms.Count; i++)
        {
            if (!TermInterpreter.Matches(terms[i], packet)) return false;
        }

        return true;
    }
}
