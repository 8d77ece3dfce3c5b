using System.Buffers.Binary;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// Headers whose numbers the capturing host wrote in its own byte order. Readers of a capture take them to be in the file's order, so they
/// are reversed when they are written into a file of the other order.
/// </summary>
/// <remarks>
/// Layouts: tcpdump.org/linktypes.html and libpcap's pcap/usb.h, nflog.h, sll.h, can_socketcan.h and pflog.h. Which fields are in host
/// order: libpcap's pcap-util.c. For <see cref="Loopback"/> and <see cref="Encapsulation"/>: tcpdump's print-null.c and print-enc.c, and
/// libpcap's filters, which compare them in the file's order. A field that was not captured whole stays as it is, and so do the fields
/// after it.
/// </remarks>
internal static class HostOrderHeader
{
    /// <summary>Bytes of the longest number that is reversed.</summary>
    public const int MostFieldBytes = sizeof(ulong);

    private const int Loopback = 0;
    private const int Encapsulation = 109;
    private const int Cooked = 113;
    private const int PacketFilterLog = 117;
    private const int Usb = 189;
    private const int UsbMapped = 220;
    private const int NetfilterLog = 239;
    private const int Cooked2 = 276;

    // linux/if_ether.h
    private const int EthCan = 0x000C, EthCanFd = 0x000D, EthCanXl = 0x000E;

    /// <summary>Whether packets of a link type have, or can have, such a header.</summary>
    public static bool Has(LinkType linkType) =>
        (int)linkType is Loopback or Encapsulation or Cooked or PacketFilterLog or Usb or UsbMapped or NetfilterLog or Cooked2;

    /// <summary>Turns the numbers of a big-endian host into little-endian ones.</summary>
    /// <param name="packet">As many of its bytes as there are; changed in place.</param>
    public static void Reverse(LinkType linkType, Span<byte> packet)
    {
        switch ((int)linkType)
        {
            case Loopback:
                Reverse(packet, 0, 4);
                break;
            case Encapsulation:
                // The address family and the flags; the security parameter index between them is in network order.
                Reverse(packet, 0, 4);
                Reverse(packet, 8, 4);
                break;
            case Cooked:
                ReverseCan(packet, protocolAt: 14, headerBytes: 16);
                break;
            case Cooked2:
                ReverseCan(packet, protocolAt: 0, headerBytes: 20);
                break;
            case PacketFilterLog:
                ReversePacketFilterLog(packet);
                break;
            case Usb or UsbMapped:
                UsbMonitorHeader.Reverse(packet, isMapped: (int)linkType == UsbMapped);
                break;
            case NetfilterLog:
                ReverseNetfilterLog(packet);
                break;
        }
    }

    /// <summary>Reverses a field if it is there whole.</summary>
    public static void Reverse(Span<byte> packet, int at, int bytes)
    {
        if (packet.Length >= at + bytes) packet.Slice(at, bytes).Reverse();
    }

    private static void ReverseCan(Span<byte> packet, int protocolAt, int headerBytes)
    {
        if (packet.Length < headerBytes) return;
        var can = packet[headerBytes..];
        switch (BinaryPrimitives.ReadUInt16BigEndian(packet[protocolAt..]))
        {
            case EthCan or EthCanFd:
                Reverse(can, 0, 4);
                break;
            case EthCanXl:
                Reverse(can, 0, 4);
                Reverse(can, 6, 2);
                Reverse(can, 8, 4);
                break;
        }
    }

    // User and process of the packet and of the rule. Older headers end before them: the first byte says where.
    private static void ReversePacketFilterLog(Span<byte> packet)
    {
        if (packet.IsEmpty) return;
        var header = packet[..Math.Min(packet.Length, packet[0])];
        for (var at = 44; at <= 56; at += 4) Reverse(header, at, 4);
    }

    // The first four bytes hold the version as the second. Values follow, each after a length and a type, padded to multiples of four
    // bytes.
    private static void ReverseNetfilterLog(Span<byte> packet)
    {
        const int HeadBytes = 4;
        if (packet.Length < HeadBytes || packet[1] != 0) return;
        for (var rest = packet[HeadBytes..]; rest.Length >= HeadBytes;)
        {
            var bytes = (BinaryPrimitives.ReadUInt16BigEndian(rest) + 3) & ~3;
            Reverse(rest, 0, 2);
            Reverse(rest, 2, 2);
            if (bytes < HeadBytes || bytes > rest.Length) return;
            rest = rest[bytes..];
        }
    }
}
