using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>Makes up pcap files: every magic number, version and byte order (draft-ietf-opsawg-pcap, and libpcap's sf-pcap.c for old ones).</summary>
internal static class RandomPcap
{
    private const uint Modified = 0xa1b2cd34;

    // The usual one most often: with the others a reader takes other ways to the same end.
    private static readonly (int Major, int Minor)[] Versions = [(2, 4), (2, 4), (2, 4), (2, 4), (2, 3), (2, 2), (2, 0), (543, 0), (2, 5)];

    public static void Write(CaptureDraft draft, Chance chance)
    {
        draft.BigEndian = chance.OneIn(2);
        var magic = chance.Of<uint>([0xa1b2c3d4, 0xa1b2c3d4, 0xa1b23c4d, Modified]);
        var version = chance.Of<(int, int)>(Versions);
        WriteHeader(draft, chance, magic, version);
        for (var records = chance.Below(16); records > 0 && draft.Room > draft.PageBytes; records--)
            WriteRecord(draft, chance, magic == Modified, version is (2, < 3) or (543, 0));
    }

    private static void WriteHeader(CaptureDraft draft, Chance chance, uint magic, (int Major, int Minor) version)
    {
        draft.U32(magic);
        draft.U16(version.Major);
        draft.U16(version.Minor);
        draft.U32(chance.OneIn(4) ? (uint)chance.Next() : 0);
        draft.U32(0);
        draft.Size(chance.Of<uint>([262144, 65535, 0, 20, uint.MaxValue]));
        draft.U32(chance.Of<uint>([1, 1, 0, 101, 113, 147, 228, 276]) | chance.Of<uint>([0, 0, 0, 0x2400_0000]));
    }

    private static void WriteRecord(CaptureDraft draft, Chance chance, bool modified, bool wireFirst)
    {
        var start = draft.Length;
        var header = modified ? 24 : 16;
        var captured = draft.PacketBytes(header);
        var wire = LinkTraffic.WireLength(chance, captured);
        draft.U32(LinkTraffic.Seconds(chance));
        draft.U32(chance.OneIn(8) ? (uint)chance.Next() : (uint)chance.Below(1_000_000));
        draft.Size(wireFirst ? wire : (uint)captured);
        draft.Size(wireFirst ? (uint)captured : wire);
        draft.Any(header - 16);
        draft.Any(captured);
        draft.EndPiece(start);
    }
}
