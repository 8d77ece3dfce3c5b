using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>
/// Makes up the options of pcapng blocks, sound as draft-ietf-opsawg-pcapng has them: known ones with values of the right length, and
/// others.
/// </summary>
internal static class RandomOptions
{
    private const int AnyLength = -1;
    private const int Comment = 1;
    private const int TimeResolution = 9;
    private const int TimeOffset = 14;

    // Code and bytes of the value, by sections 3.5 and 4.1 to 4.6; 2988 and 19372 are custom options.
    private static readonly (int Code, int Bytes)[] Common =
        [(Comment, AnyLength), (Comment, AnyLength), (2988, AnyLength), (19372, AnyLength), (300, AnyLength)];

    private static readonly (int Code, int Bytes)[] Section = [.. Common, (2, AnyLength), (3, AnyLength), (4, AnyLength)];
    private static readonly (int Code, int Bytes)[] Packet = [.. Common, (2, 4), (3, 5), (4, 8), (5, 8), (6, 4), (7, 9)];
    private static readonly (int Code, int Bytes)[] Statistics = [.. Common, (2, 8), (3, 8), (4, 8), (5, 8), (6, 8), (7, 8), (8, 8)];

    private static readonly (int Code, int Bytes)[] Interface =
    [
        .. Common, (2, AnyLength), (3, AnyLength), (4, 8), (5, 17), (6, 6), (7, 8), (8, 8), (TimeResolution, 1), (TimeResolution, 1), (10, 4),
        (12, AnyLength), (13, 1), (TimeOffset, 8), (15, AnyLength), (16, 8), (17, 8),
    ];

    public static void OfSection(CaptureDraft draft, Chance chance) => Write(draft, chance, Section);

    public static void OfInterface(CaptureDraft draft, Chance chance) => Write(draft, chance, Interface);

    public static void OfPacket(CaptureDraft draft, Chance chance) => Write(draft, chance, Packet);

    public static void OfStatistics(CaptureDraft draft, Chance chance) => Write(draft, chance, Statistics);

    private static void Write(CaptureDraft draft, Chance chance, (int Code, int Bytes)[] known)
    {
        for (var count = 1 + chance.Below(3); count > 0; count--)
        {
            var (code, bytes) = chance.Of<(int, int)>(known);
            WriteOne(draft, chance, code, ReferenceEquals(known, Interface), bytes == AnyLength ? ValueBytes(chance, code) : bytes);
        }

        // A list of options need not say that it ends where its block does.
        if (!chance.OneIn(4)) draft.U32(0);
    }

    private static void WriteOne(CaptureDraft draft, Chance chance, int code, bool ofInterface, int bytes)
    {
        draft.U16(code);
        draft.U16(bytes);
        if (ofInterface && code == TimeResolution) draft.U8(Resolution(chance));
        else if (ofInterface && code == TimeOffset) draft.U64(Offset(chance));
        else if (code is Comment or 2) draft.Text(bytes);
        else draft.Any(bytes);
        draft.Zeros(-bytes & 3);
    }

    // A custom option begins with the number of an enterprise.
    private static int ValueBytes(Chance chance, int code) => (code > 2000 ? 4 : 0) + chance.Below(chance.OneIn(8) ? 300 : 12);

    private static int Resolution(Chance chance) => chance.Of([0, 3, 6, 9, 9, 12, 19, 20, 28, 29, 127, 0x80, 0x80 | 20, 0x80 | 63, 0x80 | 64, 0xff]);

    private static ulong Offset(Chance chance) => chance.OneIn(3)
        ? chance.Of<ulong>([0, long.MaxValue, 1UL << 63, ulong.MaxValue, chance.Next()])
        : (ulong)(chance.Below(200_000) - 100_000L);
}
