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
