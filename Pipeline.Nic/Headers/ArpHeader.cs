using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>A view of an ARP message about IPv4 on Ethernet (RFC 826). Valid as long as the bytes it was read from.</summary>
public readonly ref struct ArpHeader
{
    /// <summary>Bytes: 8, and two addresses of each kind.</summary>
    public const int Size = 28;

    /// <summary><see cref="Operation"/>: who has the target's address?</summary>
    public const ushort Request = 1;

    /// <summary><see cref="Operation"/>: the sender has its address.</summary>
    public const ushort Reply = 2;

    private const ushort EthernetHardware = 1;

    private readonly ReadOnlySpan<byte> _bytes;

    private ArpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary><see cref="Request"/>, <see cref="Reply"/>, or another number of IANA's arp-parameters.</summary>
    public ushort Operation => BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    /// <summary>The sender's MAC address, 6 bytes.</summary>
    public ReadOnlySpan<byte> SenderHardware => _bytes[8..14];

    /// <summary>The sender's IPv4 address, 4 bytes; 0 where it only asks whether an address is free (RFC 5227).</summary>
    public ReadOnlySpan<byte> SenderAddress => _bytes[14..18];

    /// <summary>The target's MAC address, 6 bytes; in requests usually 0, and without meaning.</summary>
    public ReadOnlySpan<byte> TargetHardware => _bytes[18..24];

    /// <summary>The target's IPv4 address, 4 bytes.</summary>
    public ReadOnlySpan<byte> TargetAddress => _bytes[24..28];

    /// <summary>Looks at the bytes after the link header of an ARP packet.</summary>
    /// <returns>False when there are fewer than 28, and when it is about other addresses than those of Ethernet and IPv4.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ArpHeader header)
    {
        var isOurs = bytes.Length >= Size
            && BinaryPrimitives.ReadUInt16BigEndian(bytes) == EthernetHardware
            && BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) == EtherType.IPv4
            && bytes[4] == 6
            && bytes[5] == 4;
        header = isOurs ? new ArpHeader(bytes[..Size]) : default;
        return isOurs;
    }
}
