namespace Pipeline.Nic.Pcapng;

/// <summary>
/// The layout of each pcapng option (draft-ietf-opsawg-pcapng, 3.5, 4.1 to 4.3 and 4.5), and the conversion of its value to little-endian.
/// An option that is not listed might hold numbers, so it cannot be converted to another byte order. As with editcap it is left out.
/// </summary>
internal static class OptionValues
{
    private const byte FilterText = 0;
    private const byte FilterProgram = 1;
    private const byte VerdictHardware = 0;
    private const byte VerdictXdp = 2;

    // Checksums come as numbers, but these two come as a string of octets.
    private const byte HashMd5 = 3;
    private const byte HashSha1 = 4;

    public static OptionValue OfSection(ushort code) => code is 2 or 3 or PcapngBlock.OptionApplication ? OptionValue.Octets : OfAny(code);

    /// <summary>
    /// All but if_tsresol, if_tsoffset and if_fcslen (9, 14, 13): the writer states the unit of times and the ending of packets itself.
    /// </summary>
    public static OptionValue OfInterface(ushort code) => code switch
    {
        2 or 3 or 4 or 5 or 6 or 7 or 12 or 15 or 18 => OptionValue.Octets,
        8 or 16 or 17 => OptionValue.U64,
        10 => OptionValue.U32,
        11 => OptionValue.Filter,
        _ => OfAny(code),
    };

    public static OptionValue OfPacket(ushort code) => code switch
    {
        2 or 6 => OptionValue.U32,
        3 => OptionValue.Hash,
        PcapngBlock.OptionDropCount or 5 => OptionValue.U64,
        7 => OptionValue.Verdict,
        8 => OptionValue.TwoU32,
        _ => OfAny(code),
    };

    public static OptionValue OfObsoletePacket(ushort code) => code is 2 or 3 ? OfPacket(code) : OfAny(code);

    public static OptionValue OfNames(ushort code) => code is 2 or 3 or 4 ? OptionValue.Octets : OfAny(code);

    /// <summary>opt_comment, and the two custom options that may be copied.</summary>
    public static OptionValue OfAny(ushort code) => code switch
    {
        1 => OptionValue.Octets,
        2988 or 2989 => OptionValue.Custom,
        _ => OptionValue.LeftOut,
    };

    /// <returns>Whether it may be copied and has been.</returns>
    public static bool TryCopy(OptionValue kind, ReadOnlySpan<byte> value, bool isBigEndian, Span<byte> to)
    {
        if (!IsSound(kind, value, isBigEndian)) return false;
        value.CopyTo(to);
        if (!isBigEndian) return true;
        switch (kind)
        {
            case OptionValue.U32 or OptionValue.Custom:
                to[..4].Reverse();
                break;
            case OptionValue.U64:
                to[..8].Reverse();
                break;
            case OptionValue.TwoU32:
                to[..4].Reverse();
                to[4..8].Reverse();
                break;
            case OptionValue.Verdict when value[0] != VerdictHardware:
                to[1..9].Reverse();
                break;
            case OptionValue.Filter when value[0] == FilterProgram:
                for (var at = 1; at < value.Length; at += 8) Turn(to[at..]);
                break;
        }

        return true;
    }

    private static bool IsSound(OptionValue kind, ReadOnlySpan<byte> value, bool isBigEndian) => kind switch
    {
        OptionValue.Octets => true,
        OptionValue.U32 => value.Length == 4,
        OptionValue.U64 or OptionValue.TwoU32 => value.Length == 8,
        OptionValue.Custom => value.Length >= 4,
        OptionValue.Hash => value.Length > 0 && (!isBigEndian || value[0] is HashMd5 or HashSha1),
        OptionValue.Verdict => value.Length > 0 && (value[0] == VerdictHardware || (value[0] <= VerdictXdp && value.Length == 9)),
        OptionValue.Filter => value.Length > 0 && (value[0] == FilterText || (value[0] == FilterProgram && value.Length % 8 == 1)),
        _ => false,
    };

    /// <summary>An instruction of classic BPF: 16 bits of code, two bytes, 32 bits.</summary>
    private static void Turn(Span<byte> instruction)
    {
        instruction[..2].Reverse();
        instruction[4..8].Reverse();
    }
}
