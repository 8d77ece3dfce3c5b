using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Pages;

/// <summary>
/// The memory of a bundle's descriptors. They begin on a cache line, two in each line, and share none with anything else. On the ordinary
/// managed heap they would straddle lines, and lie beside the fields of bundles that other CPUs work on.
/// </summary>
internal readonly struct DescriptorMemory
{
    private const int LineBytes = 64;

    // It is on the heap of objects that are never moved, so descriptors stay aligned to lines. A span into it keeps it alive.
    private readonly byte[] _bytes;
    private readonly int _start;

    /// <param name="capacity">Descriptors; their content is undefined.</param>
    public DescriptorMemory(int capacity)
    {
        Capacity = capacity;
        var lines = ((capacity * Unsafe.SizeOf<Packet>()) + LineBytes - 1) / LineBytes;

        // There is one more line at either end: the neighbouring line might be another object's, and neighbour prefetchers fetch lines in
        // pairs.
        _bytes = GC.AllocateArray<byte>((lines + 2) * LineBytes, pinned: true);
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);
        _start = (int)(-address & (LineBytes - 1));
    }

    public int Capacity { get; }

    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public ref Packet this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)Capacity) ThrowOutOfRange();
            return ref Unsafe.Add(ref First, index);
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<Packet> Slice(int start, int count)
    {
        if ((ulong)(uint)start + (uint)count > (uint)Capacity) ThrowOutOfRange();
        return MemoryMarshal.CreateSpan(ref Unsafe.Add(ref First, start), count);
    }

    private ref Packet First =>
        ref Unsafe.As<byte, Packet>(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_bytes), (nint)_start));

    private static void ThrowOutOfRange() => throw new ArgumentOutOfRangeException(null, "The bundle has no such packet.");
}
