using System.Buffers.Binary;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>
/// What is in a capture by the specifications of its format: an independent reading, plain and whole, of bytes that all lie in one
/// array. Used again for the next capture.
/// </summary>
internal sealed class SpecifiedCapture
{
    private byte[] _bytes = [];

    public List<SpecifiedPacket> Packets { get; } = [];

    /// <summary>Of all sections, in the order they were described.</summary>
    public List<SpecifiedInterface> Interfaces { get; } = [];

    public int Length { get; private set; }

    /// <summary>The most bytes of a record or block with a packet in it, and of one that describes an interface.</summary>
    public int MostInOnePiece { get; private set; }

    public bool IsBigEndian { get; set; }

    /// <summary>Where the header, record or block starts that is broken or cut off; null when the capture is sound.</summary>
    public int? BrokenAt { get; private set; }

    /// <summary>One past the last byte that belongs to what is broken.</summary>
    public long BrokenEnd { get; private set; }

    /// <summary>One past the last byte of a sound capture's header.</summary>
    public int HeaderEnd { get; set; }

    public byte[] Bytes => _bytes;

    public void Read(byte[] bytes, int length, int mostInOnePiece)
    {
        (_bytes, Length, MostInOnePiece, BrokenAt, HeaderEnd) = (bytes, length, mostInOnePiece, null, 0);
        Packets.Clear();
        Interfaces.Clear();
        if (length >= 4 && bytes.AsSpan(0, 4).SequenceEqual("\n\r\r\n"u8)) SpecifiedPcapng.Read(this);
        else SpecifiedPcap.Read(this);
    }

    public ushort U16(int at) => IsBigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at))
        : BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));

    public uint U32(int at) => IsBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(at))
        : BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    public ulong U64(int at) => IsBigEndian
        ? BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(at))
        : BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));

    /// <param name="at">Where the broken thing starts.</param>
    /// <param name="bytes">How long it is, as far as that is known.</param>
    public void Break(int at, long bytes) => (BrokenAt, BrokenEnd) = (at, Math.Min(at + bytes, Length));
}

/// <param name="At">Where its bytes start in the capture.</param>
/// <param name="Time">Nanoseconds since 1970; null when the capture says none.</param>
/// <param name="Interface">Place among the interfaces of the whole capture.</param>
internal readonly record struct SpecifiedPacket(int At, int Captured, uint Wire, long? Time, int Interface);

/// <summary>An interface as described, and in what unit its packets' times are.</summary>
/// <param name="IsBigEndian">Whether the machine that captured is so, by the order of the capture's own numbers.</param>
/// <param name="Resolution">The byte of if_tsresol.</param>
/// <param name="Offset">Seconds, of if_tsoffset.</param>
internal readonly record struct SpecifiedInterface(int LinkType, uint SnapLength, bool IsBigEndian, byte Resolution = 6, long Offset = 0)
{
    /// <summary>Raw IP, which systems gave numbers of their own.</summary>
    private const int RawIp = 101;

    /// <summary>
    /// The link type with one number for each kind of header: systems gave some numbers of their own (tcpdump.org/linktypes.html, and
    /// libpcap's pcap-common.c).
    /// </summary>
    public static int Canonical(int linkType) => linkType switch
    {
        11 => 100,
        12 or 14 => RawIp,
        15 => 102,
        16 => 103,
        19 => 106,
        _ => linkType,
    };

    /// <summary>
    /// Whether packets have the same bytes wherever they were captured. Other link types have headers in the order of the machine, which
    /// are turned into ours where they are written; that is for tests that know these headers.
    /// </summary>
    public bool HasSameBytesAnywhere => !IsBigEndian || LinkType is 1 or RawIp or 147 or 228;

    /// <summary>In nanoseconds since 1970, rounded down; the nearest that 64 bits can hold.</summary>
    public long Nanoseconds(ulong ticks)
    {
        var power = Resolution & 0x7f;
        var nanoseconds = (Resolution & 0x80) != 0 ? ((UInt128)ticks * 1_000_000_000) >> power : Decimal(ticks, power);
        return (long)Int128.Clamp((Int128)nanoseconds + ((Int128)Offset * 1_000_000_000), long.MinValue, long.MaxValue);
    }

    private static UInt128 Decimal(ulong ticks, int power)
    {
        UInt128 nanoseconds = ticks;
        for (; power < 9; power++) nanoseconds *= 10;
        for (; power > 9 && nanoseconds > 0; power--) nanoseconds /= 10;
        return nanoseconds;
    }
}
