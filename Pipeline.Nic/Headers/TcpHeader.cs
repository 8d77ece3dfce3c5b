using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>A view of a whole TCP header with its options (RFC 9293 section 3.1). Valid as long as the bytes it was read from.</summary>
public readonly ref struct TcpHeader
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinSize = 20;

    /// <summary>Bytes before the flags.</summary>
    internal const int FlagsAt = 13;

    private readonly ReadOnlySpan<byte> _bytes;

    private TcpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>Bytes of the header with its options: 20 to 60, a multiple of 4.</summary>
    public int Length => _bytes.Length;

    /// <summary>CWR, ECE, URG, ACK, PSH, RST, SYN and FIN, from the highest bit.</summary>
    public byte Flags => _bytes[FlagsAt];

    /// <summary>Looks at the bytes after the IP headers. The checksum is not verified.</summary>
    /// <returns>False when the data offset is less than 5 or leads beyond the bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpHeader header)
    {
        header = default;
        if (bytes.Length < MinSize) return false;
        var length = (bytes[12] >> 4) * 4;
        if (length < MinSize || length > bytes.Length) return false;
        header = new TcpHeader(bytes[..length]);
        return true;
    }
}
