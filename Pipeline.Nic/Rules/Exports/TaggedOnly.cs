using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Exports;

/// <summary>
/// Finds rules that match only packets with a VLAN tag. Exported, they would never match, or would match other packets: Linux removes the
/// tag before its filters run (skb_vlan_untag in __netif_receive_skb_core, net/core/dev.c), and each NIC treats tags in its own way.
/// </summary>
internal static class TaggedOnly
{
    private const int TypeAt = 12;

    public const string Reason = "it matches tagged packets only, and Linux takes the tag off before tc sees them";

    /// <summary>The tag type that terms require at the Ethernet type's place; null where they require none.</summary>
    public static ushort? TagOf(TermRule rule)
    {
        var (mask, value) = (0u, 0u);
        foreach (var term in rule.Terms.Where(t => t.Address.IsConstant))
        {
            for (var i = 0; i < term.Width; i++)
            {
                var place = term.Address.Offset + i - TypeAt;
                if (place is not (0 or 1)) continue;
                var shift = 8 * (term.Width - 1 - i);
                mask |= (uint)(byte)(term.Mask >> shift) << (8 * (1 - place));
                value |= (uint)(byte)(term.Value >> shift) << (8 * (1 - place));
            }
        }

        return mask == 0xffff && EtherType.IsVlanTag((ushort)value) ? (ushort)value : null;
    }

    /// <summary>
    /// Whether a filter's program returns 0 wherever the Ethernet type is not a tag's. It follows both branches of each jump, except of
    /// jumps that compare the type with a tag's.
    /// </summary>
    public static bool Is(CbpfProgram program)
    {
        var seen = new HashSet<(long At, bool HoldsType)>();
        var open = new Stack<(long At, bool HoldsType)>([(0, false)]);
        while (open.TryPop(out var state))
        {
            if (!seen.Add(state)) continue;
            var i = program.Instructions[(int)state.At];
            if (i.IsReturn)
            {
                if (i.Opcode == CbpfOpcode.RetA || i.K != 0) return false;
                continue;
            }

            if (i.Opcode == CbpfOpcode.Ja) open.Push((CbpfProgram.TargetOf(i, (int)state.At), state.HoldsType));
            else if (!i.IsConditionalJump) open.Push((state.At + 1, HoldsType(i, state.HoldsType)));
            else
            {
                var asksForTag = state.HoldsType && i.Opcode == CbpfOpcode.JeqK
                    && i.K <= ushort.MaxValue && EtherType.IsVlanTag((ushort)i.K);
                if (!asksForTag) open.Push((state.At + 1 + i.IfTrue, state.HoldsType));
                open.Push((state.At + 1 + i.IfFalse, state.HoldsType));
            }
        }

        return true;
    }

    /// <summary>
    /// Whether A holds the Ethernet type after an instruction. Instructions that write to X or to memory leave A as it was.
    /// </summary>
    private static bool HoldsType(CbpfInstruction i, bool before) => i.Opcode switch
    {
        CbpfOpcode.LdHalfAbs => i.K == TypeAt,
        CbpfOpcode.St or CbpfOpcode.Stx or CbpfOpcode.Tax
            or CbpfOpcode.LdxImm or CbpfOpcode.LdxMem or CbpfOpcode.LdxLen or CbpfOpcode.LdxMsh => before,
        _ => false,
    };
}
