using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// The part of a page that is copied with a packet: the packet's bytes, or, where it is flagged
/// <see cref="PacketFlags.InBlock"/>, the pcapng block around them.
/// </summary>
public static class PacketExtent
{
    /// <summary>The bytes to copy, from the block's type on where there is a block. Valid until the bundle is disposed.</summary>
    public static ReadOnlySpan<byte> Of(PageBundle bundle, in Packet packet) =>
        packet.Has(PacketFlags.InBlock) ? new PacketBlock(bundle.Pool, packet).Bytes : bundle.BytesOf(packet);

    /// <summary>Bytes from the start of the extent to the packet's place in it.</summary>
    public static int PlaceIn(in Packet packet) => packet.Has(PacketFlags.InBlock) ? PacketBlock.HeadBytes(packet) : 0;
}
