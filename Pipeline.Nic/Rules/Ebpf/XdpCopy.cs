using System.Runtime.InteropServices;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>
/// The bytes that our XDP program writes before the copy of a packet that stays with the kernel, 24 in this machine's byte order. The copy
/// has no length of its own: the kernel fills it up to a multiple of 8 (kernel/events/core.c).
/// </summary>
/// <param name="Metadata">The mark, as packets that are taken have it.</param>
/// <param name="WireLength">
/// The packet's bytes, of which the first <see cref="MostBytes"/> are copied; 0 for what is no packet and only wakes the reader.
/// </param>
/// <param name="Queue">The receive queue that the packet came in on.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct XdpCopy(XdpMetadata Metadata, uint WireLength, uint Queue)
{
    public const int Bytes = XdpMetadata.Bytes + (2 * sizeof(uint));

    /// <summary>
    /// The most bytes copied of a packet. A record has at most 65528 (its length has 16 bits, and is a multiple of 8); besides the packet
    /// there are its header, the time, the length of the rest, and these bytes.
    /// </summary>
    public const int MostBytes = 65_528 - (2 * sizeof(ulong)) - sizeof(uint) - Bytes;

    public const int WireLengthAt = XdpMetadata.Bytes;
    public const int QueueAt = WireLengthAt + sizeof(uint);

    /// <summary>Bytes of the packet that were copied.</summary>
    public int CapturedLength => (int)Math.Min(WireLength, MostBytes);
}
