namespace Pipeline.Nic.Headers;

/// <summary>
/// A view of the header that all messages of ICMP (RFC 792) and ICMPv6 (RFC 4443 section 2.1) share. Valid as long as the bytes it
/// was read from.
/// </summary>
public readonly ref struct IcmpHeader
{
    public const int Size = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private IcmpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public byte Type => _bytes[0];

    public byte Code => _bytes[1];

    public static bool TryRead(ReadOnlySpan<byte> bytes, out IcmpHeader header)
    {
        var whole = bytes.Length >= Size;
        header = whole ? new IcmpHeader(bytes[..Size]) : default;
        return whole;
    }
}
