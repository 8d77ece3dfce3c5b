using System.Runtime.InteropServices;

namespace Pipeline.Nic.Links;

/// <summary>The 32 bytes that every frame begins with.</summary>
[StructLayout(LayoutKind.Explicit, Size = LinkLayout.HeaderBytes)]
internal struct FrameHeader
{
    /// <summary>Bytes of the frame with this header.</summary>
    [FieldOffset(0)]
    public int Length;

    [FieldOffset(4)]
    public FrameKind Kind;

    /// <summary>0.</summary>
    [FieldOffset(6)]
    public ushort Reserved;

    /// <summary>Counts the frames of one direction, from 1. So a frame that is repeated, or missing, is seen.</summary>
    [FieldOffset(8)]
    public long Number;

    /// <summary>The link's, as in its hello.</summary>
    [FieldOffset(16)]
    public long Epoch;

    /// <summary>Sections or rows that follow; 0 for the other kinds.</summary>
    [FieldOffset(24)]
    public int Items;

    /// <summary>0.</summary>
    [FieldOffset(28)]
    public int Reserved2;

    /// <summary>Whether it can be the next frame of a link.</summary>
    /// <param name="epoch">The link's.</param>
    /// <param name="last">The number of the frame before.</param>
    public readonly LinkRefusal Check(long epoch, long last)
    {
        if (Epoch != epoch) return LinkRefusal.Epoch;
        if (Number != last + 1) return LinkRefusal.Number;
        return Reserved != 0 || Reserved2 != 0 ? LinkRefusal.Reserved : LinkRefusal.None;
    }

    public static FrameHeader Read(ReadOnlySpan<byte> frame) => MemoryMarshal.Read<FrameHeader>(frame);

    public static void Write(Span<byte> frame, FrameKind kind, long number, long epoch, int items) =>
        MemoryMarshal.Write(frame, new FrameHeader { Length = frame.Length, Kind = kind, Number = number, Epoch = epoch, Items = items });
}
