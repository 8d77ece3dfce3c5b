using System.Buffers.Binary;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// The header that Linux' usbmon puts before a USB transfer (Documentation/usb/usbmon.rst, struct mon_bin_hdr): 48 bytes. The mapped
/// kind has 64, and after them the descriptors of an isochronous transfer.
/// </summary>
internal static class UsbMonitorHeader
{
    private const int TransferTypeAt = 9;
    private const int DescriptorCountAt = 60;
    private const int MappedBytes = 64;
    private const int DescriptorBytes = 16;
    private const byte Isochronous = 0;

    // The transfer's id, bus, seconds, microseconds, status, and two lengths.
    private static readonly (int At, int Bytes)[] Fields = [(0, 8), (12, 2), (16, 8), (24, 4), (28, 4), (32, 4), (36, 4)];

    // Errors and descriptors of an isochronous transfer. Other transfers have the setup packet here, in USB's own order.
    private static readonly (int At, int Bytes)[] IsochronousFields = [(40, 4), (44, 4)];

    // Interval, first frame, flags, number of descriptors.
    private static readonly (int At, int Bytes)[] MappedFields = [(48, 4), (52, 4), (56, 4), (DescriptorCountAt, 4)];

    /// <inheritdoc cref="HostOrderHeader.Reverse(Headers.LinkType, Span{byte})"/>
    public static void Reverse(Span<byte> packet, bool isMapped)
    {
        Reverse(packet, Fields);
        var isIsochronous = packet.Length > TransferTypeAt && packet[TransferTypeAt] == Isochronous;
        if (isIsochronous) Reverse(packet, IsochronousFields);
        if (!isMapped) return;
        if (isIsochronous && packet.Length >= MappedBytes)
            ReverseDescriptors(packet[MappedBytes..], BinaryPrimitives.ReadUInt32BigEndian(packet[DescriptorCountAt..]));
        Reverse(packet, MappedFields);
    }

    /// <summary>Status, offset and length of each, and four bytes that mean nothing.</summary>
    private static void ReverseDescriptors(Span<byte> descriptors, uint count)
    {
        for (; count > 0 && !descriptors.IsEmpty; count--)
        {
            for (var at = 0; at < 12; at += 4) HostOrderHeader.Reverse(descriptors, at, 4);
            descriptors = descriptors[Math.Min(DescriptorBytes, descriptors.Length)..];
        }
    }

    private static void Reverse(Span<byte> packet, (int At, int Bytes)[] fields)
    {
        foreach (var (at, bytes) in fields) HostOrderHeader.Reverse(packet, at, bytes);
    }
}
