using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>A view of a UDP header (RFC 768). Valid as long as the bytes it was read from.</summary>
public readonly ref struct UdpHeader
{
    /// <summary>Bytes: two ports, length and checksum.</summary>
    public const int Size = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private UdpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's port; 0 when it expects no answer.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>Header and payload in bytes; can be 0 in jumbograms (RFC 2675 section 4).</summary>
    public int Length => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>0 means that the sender computed none.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    /// <summary>Looks at the first 8 bytes after the IP headers.</summary>
    /// <returns>False when there are fewer. Neither length nor checksum is verified.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out UdpHeader header)
    {
        var whole = bytes.Length >= Size;
        header = whole ? new UdpHeader(bytes[..Size]) : default;
        return whole;
    }
}
