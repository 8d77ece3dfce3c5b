using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>Breaks a capture: wrong bits, lengths at the edges of what they can be, pieces cut off, left out, doubled and put in.</summary>
internal static class CaptureMutation
{
    public static void Apply(CaptureDraft draft, Chance chance)
    {
        for (var times = 1 + chance.Below(3); times > 0 && draft.Length > 0; times--) ApplyOne(draft, chance);
    }

    private static void ApplyOne(CaptureDraft draft, Chance chance)
    {
        var at = chance.Below(draft.Length);
        switch (chance.Below(8))
        {
            case 0: draft.Bytes[at] ^= (byte)(1 << chance.Below(8)); break;
            case 1: draft.Bytes[at] = (byte)chance.Next(); break;
            case 2 or 3 or 4: ReplaceLength(draft, chance); break;
            case 5: draft.Length = at; break;
            case 6: Remove(draft, at, Math.Min(draft.Length - at, PieceBytes(chance))); break;
            default: Insert(draft, chance, at, Math.Min(draft.Room, PieceBytes(chance))); break;
        }
    }

    private static int PieceBytes(Chance chance) => chance.OneIn(2) ? 4 * (1 + chance.Below(16)) : 1 + chance.Below(40);

    private static void ReplaceLength(CaptureDraft draft, Chance chance)
    {
        if (draft.Lengths.Count == 0) return;
        var at = draft.Lengths[chance.Below(draft.Lengths.Count)];
        if (at + 4 > draft.Length) return;
        draft.BigEndian = chance.OneIn(2);
        draft.Put(at, Edge(draft, chance, at));
    }

    private static uint Edge(CaptureDraft draft, Chance chance, int at) => chance.Below(6) switch
    {
        0 => chance.Of<uint>([0, 1, 3, 4, 8, 11, 12, 13, 16, 20, 28, 32]),
        1 => chance.Of<uint>([0x7fff_ffff, 0x7fff_fffc, 0x8000_0000, uint.MaxValue, uint.MaxValue - 3, 262144, 262145, 150994944, 150994948]),
        2 => (uint)(draft.PageBytes + (4 * (chance.Below(17) - 8))),
        3 => (uint)(draft.Length - at + (4 * (chance.Below(9) - 4))),
        4 => (uint)chance.Below(draft.Length) & ~3u,
        _ => (uint)chance.Next(),
    };

    private static void Remove(CaptureDraft draft, int at, int count)
    {
        draft.Bytes.AsSpan(at + count, draft.Length - at - count).CopyTo(draft.Bytes.AsSpan(at));
        draft.Length -= count;
    }

    /// <summary>Puts in what stands elsewhere in the capture, or anything.</summary>
    private static void Insert(CaptureDraft draft, Chance chance, int at, int count)
    {
        var bytes = draft.Bytes.AsSpan();
        var from = chance.Below(draft.Length);
        bytes[at..draft.Length].CopyTo(bytes[(at + count)..]);
        draft.Length += count;
        if (chance.OneIn(2)) bytes.Slice(from, Math.Min(count, draft.Length - from)).CopyTo(bytes[at..]);
    }
}
