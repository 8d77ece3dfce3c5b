using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>A view of an Ethernet header without its tags (IEEE 802.3 clause 3.1). Valid as long as the bytes it was read from.</summary>
public readonly ref struct EthernetHeader
{
    /// <summary>Bytes: two addresses and the type.</summary>
    public const int Size = 14;

    private readonly ReadOnlySpan<byte> _bytes;

    private EthernetHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The receiver's MAC address, 6 bytes as on the wire. The lowest bit of the first is set for groups.</summary>
    public ReadOnlySpan<byte> Destination => _bytes[..6];

    /// <summary>The sender's MAC address, 6 bytes as on the wire.</summary>
    public ReadOnlySpan<byte> Source => _bytes[6..12];

    /// <summary>The type, a tag's when the packet is tagged; below 1536 a length.</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_bytes[12..]);

    /// <summary>Looks at the first 14 bytes of a packet whose link type is Ethernet.</summary>
    /// <returns>False when there are fewer. Nothing else is checked.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out EthernetHeader header)
    {
        var whole = packet.Length >= Size;
        header = whole ? new EthernetHeader(packet[..Size]) : default;
        return whole;
    }
}
