using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>
/// A view of an IPv6 header without its extension headers (RFC 8200 section 3), which <see cref="HeaderLocator"/> walks.
/// Valid as long as the bytes it was read from.
/// </summary>
public readonly ref struct IPv6Header
{
    /// <summary>Bytes; IPv6 headers have no options of their own.</summary>
    public const int Size = 40;

    private readonly ReadOnlySpan<byte> _bytes;

    private IPv6Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Bytes after this header; 0 in jumbograms (RFC 2675).</summary>
    public int PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>
    /// The type of the next header or of the payload, by <see cref="IpProtocol"/> or another number of IANA's protocol-numbers.
    /// </summary>
    public byte NextHeader => _bytes[6];

    /// <summary>How many routers the packet may still pass.</summary>
    public byte HopLimit => _bytes[7];

    /// <summary>Source, then destination, 16 bytes each.</summary>
    public ReadOnlySpan<byte> Addresses => _bytes[8..40];

    /// <summary>Looks at an IPv6 header.</summary>
    /// <returns>False when it is not version 6, or less than 40 bytes are there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IPv6Header header)
    {
        var whole = bytes.Length >= Size && bytes[0] >> 4 == 6;
        header = whole ? new IPv6Header(bytes[..Size]) : default;
        return whole;
    }
}
