namespace Pipeline.Nic.Headers;

/// <summary>
/// A view of the header that all messages of ICMP (RFC 792) and ICMPv6 (RFC 4443 section 2.1) share. Valid as long as the bytes it
/// was read from.
/// </summary>
public readonly ref struct IcmpHeader
{
    /// <summary>Bytes: type, code and checksum. The bytes after them depend on the type.</summary>
    public const int Size = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private IcmpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The type of message (IANA icmp-parameters, icmpv6-parameters). The two protocols number them differently.</summary>
    public byte Type => _bytes[0];

    /// <summary>The kind of that message, such as which part of a destination is unreachable. Its meaning depends on the type.</summary>
    public byte Code => _bytes[1];

    /// <summary>Looks at the first 4 bytes after the IP headers.</summary>
    /// <returns>False when there are fewer. The checksum is not verified.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IcmpHeader header)
    {
        var whole = bytes.Length >= Size;
        header = whole ? new IcmpHeader(bytes[..Size]) : default;
        return whole;
    }
}
