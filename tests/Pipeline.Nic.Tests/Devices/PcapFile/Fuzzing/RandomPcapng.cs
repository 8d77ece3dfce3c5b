using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>Makes up pcapng files of every kind of block, of several sections and interfaces (draft-ietf-opsawg-pcapng).</summary>
internal static class RandomPcapng
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const int BlockOverhead = 12;

    public static void Write(CaptureDraft draft, Chance chance)
    {
        for (var sections = chance.OneIn(4) ? 2 + chance.Below(2) : 1; sections > 0 && draft.Room > draft.PageBytes; sections--)
            WriteSection(draft, chance);
    }

    private static void WriteSection(CaptureDraft draft, Chance chance)
    {
        draft.BigEndian = chance.OneIn(2);
        WriteHeader(draft, chance);
        var snapLengths = new List<uint>();
        for (var blocks = chance.Below(18); blocks > 0 && draft.Room > draft.PageBytes; blocks--)
        {
            if ((snapLengths.Count == 0 && !chance.OneIn(8)) || chance.OneIn(12)) snapLengths.Add(WriteInterface(draft, chance));
            else WriteAny(draft, chance, snapLengths);
        }
    }

    private static void WriteAny(CaptureDraft draft, Chance chance, List<uint> snapLengths)
    {
        // Of an interface that the section has not described now and then.
        var index = chance.Below(snapLengths.Count + (chance.OneIn(16) ? 1 : 0) + (snapLengths.Count == 0 ? 1 : 0));
        switch (chance.Below(16))
        {
            case 0: WriteOther(draft, chance); break;
            case 1: WriteStatistics(draft, chance, index); break;
            case 2 or 3: WriteSimple(draft, chance, snapLengths.Count > 0 ? snapLengths[0] : 0); break;
            case 4: WritePacket(draft, chance, 2, () => { draft.U16(index); draft.U16(chance.Below(3)); }); break;
            default: WritePacket(draft, chance, 6, () => draft.U32((uint)index)); break;
        }
    }

    private static void WriteHeader(CaptureDraft draft, Chance chance)
    {
        var start = Open(draft, SectionHeader);
        draft.U32(0x1A2B3C4D);
        draft.U16(1);
        draft.U16(chance.Of([0, 0, 0, 2]));
        draft.U64(chance.Of<ulong>([ulong.MaxValue, ulong.MaxValue, 0, 1 << 20]));
        if (chance.OneIn(3)) RandomOptions.OfSection(draft, chance);
        Close(draft, start);
    }

    private static uint WriteInterface(CaptureDraft draft, Chance chance)
    {
        var start = Open(draft, 1);
        var snapLength = chance.Of<uint>([0, 0, 262144, 65535, 20, 1]);
        draft.U16(chance.Of([1, 1, 0, 101, 113, 147, 228, 276]));
        draft.U16(0);
        draft.U32(snapLength);
        if (chance.OneIn(2)) RandomOptions.OfInterface(draft, chance);
        Close(draft, start);
        return snapLength;
    }

    private static void WritePacket(CaptureDraft draft, Chance chance, uint type, Action writeInterface)
    {
        var captured = draft.PacketBytes(BlockOverhead + 20);
        var start = Open(draft, type);
        writeInterface();
        var time = LinkTraffic.Time(chance);
        draft.U32((uint)(time >> 32));
        draft.U32((uint)time);
        draft.Size((uint)captured);
        draft.Size(LinkTraffic.WireLength(chance, captured));
        draft.Any(captured);
        draft.Zeros(-captured & 3);
        if (chance.OneIn(6)) RandomOptions.OfPacket(draft, chance);
        Close(draft, start);
    }

    private static void WriteSimple(CaptureDraft draft, Chance chance, uint snapLength)
    {
        var wire = draft.PacketBytes(BlockOverhead + 20);
        var captured = snapLength == 0 ? wire : (int)Math.Min((uint)wire, snapLength);
        var start = Open(draft, 3);
        draft.Size((uint)wire);
        draft.Any(captured);
        draft.Zeros(-captured & 3);
        Close(draft, start);
    }

    private static void WriteStatistics(CaptureDraft draft, Chance chance, int index)
    {
        var start = Open(draft, 5);
        draft.U32((uint)index);
        draft.U64(LinkTraffic.Time(chance));
        if (chance.OneIn(2)) RandomOptions.OfStatistics(draft, chance);
        Close(draft, start);
    }

    /// <summary>Names, secrets, custom blocks that may be copied and those that must not, the journal's, and kinds that nobody has defined.</summary>
    private static void WriteOther(CaptureDraft draft, Chance chance)
    {
        var start = Open(draft, chance.Of<uint>([4, 9, 0xA, 0xBAD, 0x40000BAD, 7, 0x8000_0001, (uint)chance.Next() | 0x10]));
        draft.Any(Math.Min(draft.Room / 2, 4 * chance.Below(chance.OneIn(4) ? draft.PageBytes : 16)));
        Close(draft, start);
    }

    private static int Open(CaptureDraft draft, uint type)
    {
        var start = draft.Length;
        draft.U32(type);
        draft.Size(0);
        return start;
    }

    private static void Close(CaptureDraft draft, int start)
    {
        draft.Zeros(-(draft.Length - start) & 3);
        var length = (uint)(draft.Length + 4 - start);
        draft.Put(start + 4, length);
        draft.Size(length);
        draft.EndPiece(start);
    }
}
