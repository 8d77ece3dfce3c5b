using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Headers;

/// <summary>A view of a whole IPv4 header with its options (RFC 791 section 3.1). Valid as long as the bytes it was read from.</summary>
public readonly ref struct IPv4Header
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinSize = 20;

    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;

    private readonly ReadOnlySpan<byte> _bytes;

    private IPv4Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The header itself, options included.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Bytes of the header with its options: 20 to 60, a multiple of 4.</summary>
    public int Length => _bytes.Length;

    /// <summary>Header and payload in bytes; 0 in captures of packets that the NIC had yet to split into segments.</summary>
    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>The payload's protocol, one of <see cref="IpProtocol"/> or another number of IANA's protocol-numbers.</summary>
    public byte Protocol => _bytes[9];

    /// <summary>Source, then destination, 4 bytes each.</summary>
    public ReadOnlySpan<byte> Addresses => _bytes[12..20];

    /// <summary>The number that all fragments of one datagram share.</summary>
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>How many routers the packet may still pass.</summary>
    public byte TimeToLive => _bytes[8];

    /// <summary>Where the payload belongs in its datagram, in bytes; a multiple of 8. 0 in packets that are no fragments.</summary>
    public int FragmentOffset => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & 0x1fff) * 8;

    /// <summary>Whether other fragments follow this one.</summary>
    public bool HasMoreFragments => (_bytes[6] & 0x20) != 0;

    /// <summary>Whether it carries only a part of a datagram, even the first part.</summary>
    public bool IsFragment => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & 0x3fff) != 0;

    /// <summary>Whether the checksum fits the header. It is computed at each call, over <see cref="Length"/> bytes.</summary>
    public bool HasValidChecksum =>
        _bytes.Length == MinSize ? InternetChecksum.IsValid20(ref MemoryMarshal.GetReference(_bytes)) : InternetChecksum.IsValid(_bytes);

    /// <summary>
    /// Whether the destination is only the next stop of a source route. TCP and UDP checksums then cover another address.
    /// </summary>
    public bool HasSourceRoute
    {
        get
        {
            for (var at = MinSize; at < _bytes.Length;)
            {
                if (_bytes[at] is LooseSourceRoute or StrictSourceRoute) return true;
                if (_bytes[at] == EndOfOptions || (_bytes[at] != NoOperation && at + 1 >= _bytes.Length)) return false;
                at += _bytes[at] == NoOperation ? 1 : Math.Max((int)_bytes[at + 1], 2);
            }

            return false;
        }
    }

    /// <summary>Looks at an IPv4 header. Lengths and checksum are not compared with what follows.</summary>
    /// <returns>False when it is not version 4, its IHL is less than 5, or its options are cut off.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IPv4Header header)
    {
        header = default;
        if (bytes.Length < MinSize || bytes[0] >> 4 != 4) return false;
        var length = (bytes[0] & 0x0f) * 4;
        if (length < MinSize || length > bytes.Length) return false;
        header = new IPv4Header(bytes[..length]);
        return true;
    }
}
