using System.Runtime.InteropServices;

namespace Pipeline.Nic.Links;

/// <summary>
/// The 32 bytes in front of a bundle's packets in a frame. The table of packets follows, and then their bytes, one packet's after the
/// other's.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = LinkLayout.SectionBytes)]
internal struct SectionHeader
{
    /// <summary>Which instance the bundle is for.</summary>
    [FieldOffset(0)]
    public int Instance;

    /// <summary>Packets in this section, 1 or more.</summary>
    [FieldOffset(4)]
    public int Packets;

    /// <summary>Counts the bundles of this link and instance, from 1. Sections of one bundle have the same.</summary>
    [FieldOffset(8)]
    public long Sequence;

    /// <summary>The interface that the packets came in on, as it was declared.</summary>
    [FieldOffset(16)]
    public int Interface;

    /// <summary>The rules that marked the packets; 0 where none did.</summary>
    [FieldOffset(20)]
    public int Generation;

    /// <summary>Bytes of the packets in this section.</summary>
    [FieldOffset(24)]
    public int Bytes;

    /// <summary><see cref="LinkLayout.LastSection"/> or 0.</summary>
    [FieldOffset(28)]
    public uint Flags;
}
