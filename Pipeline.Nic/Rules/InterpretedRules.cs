using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Il;

namespace Pipeline.Nic.Rules;

/// <summary>Rules interpreted without a compiler: the specification and the oracle, slow and plain.</summary>
/// <param name="rules">The rules, in order.</param>
/// <param name="filters">A program for each filter rule that libpcap accepts for this link type.</param>
/// <param name="guards">The guards before the rules; none where other code tries them.</param>
/// <param name="from">The first of the rules it tries. Other code tries those before.</param>
internal sealed class InterpretedRules(
    IReadOnlyList<MarkRule> rules, IReadOnlyList<CbpfProgram?> filters, IReadOnlyList<Guard> guards, int from = 0)
{
    private readonly bool _asksGuards = guards.Any(g => g.Conditions.Count > 0);

    public InterpretedRules(IReadOnlyList<MarkRule> rules, IReadOnlyList<CbpfProgram?> filters)
        : this(rules, filters, [])
    {
    }

    /// <summary>The 0-based index of the guard that keeps a packet out; -1 for none.</summary>
    public int GuardOf(LinkType linkType, in LocatedPacket packet)
    {
        for (var i = 0; i < guards.Count; i++)
        {
            if (guards[i].Matches(linkType, packet)) return i;
        }

        return -1;
    }

    /// <summary>Whether one rule matches, by its 0-based index.</summary>
    public bool Matches(int index, in LocatedPacket packet) => rules[index] switch
    {
        TermRule rule => TermInterpreter.AllMatch(rule.Terms, packet),
        FilterRule => filters[index] is { } filter && CbpfInterpreter.Run(filter, packet.Bytes, packet.WireLength) != 0,
        _ => false,
    };

    /// <inheritdoc cref="RuleLoop"/>
    public unsafe int Run(Packet* packets, int count, int* pending, byte* region, long* counts, int linkType)
    {
        for (var i = 0; i < count; i++)
        {
            ref var packet = ref packets[from == 0 ? i : pending[i]];
            if (from == 0 && !_asksGuards && packet.Has(PacketFlags.MarkedByDevice))
            {
                // The device has looked at the bytes, and they need not come into the cache for it.
                Count(packet.Rule, packet, counts);
                continue;
            }

            var bytes = new ReadOnlySpan<byte>(region + packet.Offset, packet.CapturedLength);
            var located = LocatedPacket.Locate((LinkType)linkType, bytes, packet.WireLength);
            if (from == 0 && GuardOf((LinkType)linkType, located) is >= 0 and var guard)
                RuleHits.KeepOut(ref packet, guard, rules.Count, counts);
            else if (from == 0 && packet.Has(PacketFlags.MarkedByDevice)) Count(packet.Rule, packet, counts);
            else Try(ref packet, located, counts);
        }

        return 0;
    }

    private unsafe void Try(ref Packet packet, in LocatedPacket located, long* counts)
    {
        if (from == 0) (packet.Mark, packet.Rule, packet.Flags) = (0, 0, packet.Flags & ~(PacketFlags.SeveralRules | PacketFlags.KeptOut));
        for (var i = from; i < rules.Count; i++)
        {
            if (!Matches(i, located)) continue;
            if (packet.Rule != 0) packet.Flags |= PacketFlags.SeveralRules;
            packet.Mark = rules[i].ApplyTo(packet.Mark);
            packet.Rule = i + 1;
            Count(i + 1, packet, counts);
            if (!rules[i].Continue) return;
        }

        if (packet.Rule == 0) Count(0, packet, counts);
    }

    /// <exception cref="InvalidOperationException">The device names a rule that does not exist.</exception>
    private unsafe void Count(int number, in Packet packet, long* counts)
    {
        if (number > rules.Count) throw new InvalidOperationException($"The device marked a packet by rule {number} of {rules.Count}.");
        counts[2 * number]++;
        counts[(2 * number) + 1] += packet.CapturedLength;
    }
}
