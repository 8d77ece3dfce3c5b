using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Pages;

/// <summary>
/// The page that a device is filling, where a page holds many packets. Descriptors of such packets must be written only through this, so
/// that a packet's offset lies in the page that the packet is charged to and released from.
/// </summary>
/// <param name="region">The pool's first byte.</param>
internal readonly unsafe struct FilledPage(byte* region)
{
    /// <summary>Describes a packet whose record, header included, lies whole in the page.</summary>
    /// <param name="at">
    /// The packet's first byte, after its record's header. With no bytes captured this can be the first byte of another page. Such a packet
    /// gets the last byte of its header as its place.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every packet
    public void Describe(
        out Packet packet, long timestampNanoseconds, byte* at, uint captured, uint wire, PacketFlags flags = PacketFlags.None)
    {
        var headerByte = captured == 0 ? 1u : 0u;
        Packet.Write(out packet, timestampNanoseconds, (uint)(at - region) - headerByte, captured, wire, flags: flags);
    }

    /// <summary>Places a packet that is described otherwise, under the same terms.</summary>
    /// <param name="at">The packet's first byte. There is at least one byte of its page in front of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every packet
    public void Place(ref Packet packet, byte* at)
    {
        var headerByte = packet.CapturedLength == 0 ? 1u : 0u;
        packet.Offset = (uint)(at - region) - headerByte;
    }
}
