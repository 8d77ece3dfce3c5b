namespace Pipeline.Nic.Pcapng;

/// <summary>Block and option numbers of pcapng, and where a block's fields lie (draft-ietf-opsawg-pcapng).</summary>
internal static class PcapngBlock
{
    /// <summary>It is a palindrome, so it is recognized before the byte order is known.</summary>
    public const uint SectionHeader = 0x0A0D0D0A;
    public const uint InterfaceDescription = 1;
    public const uint ObsoletePacket = 2;
    public const uint SimplePacket = 3;
    public const uint Names = 4;
    public const uint Statistics = 5;
    public const uint EnhancedPacket = 6;
    public const uint Secrets = 10;

    /// <summary>A custom block that may be copied.</summary>
    public const uint Custom = 0xBAD;

    public const uint ByteOrderMagic = 0x1A2B3C4D;

    public const int LengthAt = 4;
    public const int TrailerBytes = 4;

    /// <summary>Type, length, and length again.</summary>
    public const int SmallestBytes = 12;

    /// <summary>
    /// The most that a block with a packet can need: the largest packet of any link type, and 16 MiB for its options, which is libpcap's
    /// limit for a block.
    /// </summary>
    public const uint MostBytes = (128 + 16) * 1024 * 1024;

    public const int ByteOrderAt = 8;
    public const int MajorAt = 12;
    public const int MinorAt = 14;
    public const int SectionOptionsAt = 24;

    public const int LinkTypeAt = 8;
    public const int SnapLengthAt = 12;
    public const int InterfaceOptionsAt = 16;

    public const int SimpleWireAt = 8;
    public const int SimpleDataAt = 12;

    // The obsolete packet block differs only in its interface number: it has 16 bits, and the other 16 count drops.
    public const int InterfaceAt = 8;
    public const int TimeHighAt = 12;
    public const int TimeLowAt = 16;
    public const int CapturedAt = 20;
    public const int WireAt = 24;
    public const int DataAt = 28;

    public const ushort OptionEnd = 0;
    public const ushort OptionApplication = 4;
    public const ushort OptionDropCount = 4;
    public const ushort OptionInterfaceName = 2;
    public const ushort OptionTimeResolution = 9;
    public const ushort OptionFcsLength = 13;
    public const ushort OptionTimeOffset = 14;

    public static bool IsPacket(uint type) => type is EnhancedPacket or SimplePacket or ObsoletePacket;

    /// <summary>The shortest that a block can be with all of its fixed fields.</summary>
    public static int LeastBytes(uint type) => type switch
    {
        EnhancedPacket or ObsoletePacket => DataAt + TrailerBytes,
        SimplePacket => SimpleDataAt + TrailerBytes,
        SectionHeader => SectionOptionsAt + TrailerBytes,
        InterfaceDescription => InterfaceOptionsAt + TrailerBytes,
        _ => SmallestBytes,
    };

    public static string NameOf(uint type) => type switch
    {
        SectionHeader => "section header block",
        InterfaceDescription => "interface description block",
        ObsoletePacket => "packet block",
        SimplePacket => "simple packet block",
        EnhancedPacket => "enhanced packet block",
        _ => $"block of type {type} (0x{type:x8})",
    };

    public static string ArticleOf(uint type) => type is InterfaceDescription or EnhancedPacket ? "an" : "a";
}
