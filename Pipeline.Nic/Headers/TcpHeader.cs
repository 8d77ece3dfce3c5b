using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>A view of a whole TCP header with its options (RFC 9293 section 3.1). Valid as long as the bytes it was read from.</summary>
public readonly ref struct TcpHeader
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinSize = 20;

    /// <summary>Bytes before the flags.</summary>
    internal const int FlagsAt = 13;

    internal const byte Fin = 0x01;
    internal const byte Syn = 0x02;
    internal const byte Rst = 0x04;
    internal const byte Ack = 0x10;

    private const int DataOffsetAt = 12;

    private readonly ReadOnlySpan<byte> _bytes;

    private TcpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>The number of the first payload byte, or of SYN, in the sender's stream.</summary>
    public uint SequenceNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>The number of the byte that the sender expects next; only with the flag ACK.</summary>
    public uint AcknowledgmentNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    /// <summary>What the sender takes beyond that, in units that its window scale option decides (RFC 7323 section 2).</summary>
    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_bytes[14..]);

    /// <summary>
    /// Bytes of the header with its options, as its data offset says: 20 to 60, a multiple of 4. Behind <see cref="TryReadStart"/> it can
    /// be anything from 0 on.
    /// </summary>
    public int Length => (_bytes[DataOffsetAt] >> 4) * 4;

    /// <summary>CWR, ECE, URG, ACK, PSH, RST, SYN and FIN, from the highest bit.</summary>
    public byte Flags => _bytes[FlagsAt];

    /// <summary>Looks at the bytes after the IP headers. The checksum is not verified.</summary>
    /// <returns>False when the data offset is less than 5 or leads beyond the bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpHeader header)
    {
        header = default;
        if (bytes.Length < MinSize) return false;
        var length = (bytes[DataOffsetAt] >> 4) * 4;
        if (length < MinSize || length > bytes.Length) return false;
        header = new TcpHeader(bytes[..length]);
        return true;
    }

    /// <summary>
    /// Looks at the part of a header that all have, for packets whose options were not captured, or whose data offset is wrong.
    /// </summary>
    /// <returns>False when there are fewer than 20 bytes. Nothing else is checked.</returns>
    public static bool TryReadStart(ReadOnlySpan<byte> bytes, out TcpHeader header)
    {
        var isThere = bytes.Length >= MinSize;
        header = isThere ? new TcpHeader(bytes[..MinSize]) : default;
        return isThere;
    }
}
