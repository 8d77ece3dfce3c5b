using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Pages;

/// <summary>
/// Memory of the managed heap that never moves, so that its address can be a constant in compiled code. It lives as long as this object.
/// </summary>
internal sealed unsafe class PinnedMemory
{
    private const int CacheLine = 64;

    private readonly byte[] _array;
    private readonly int _start;

    public PinnedMemory(int bytes)
    {
        _array = GC.AllocateArray<byte>(bytes + CacheLine, pinned: true);
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        _start = (int)(-address & (CacheLine - 1));
        Address = address + _start;
        Length = bytes;
    }

    public static PinnedMemory Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var memory = new PinnedMemory(checked(values.Length * sizeof(T)));
        MemoryMarshal.AsBytes(values).CopyTo(memory.Bytes);
        return memory;
    }

    /// <summary>Starts a cache line.</summary>
    public nint Address { get; }

    public int Length { get; }

    public Span<byte> Bytes => _array.AsSpan(_start, Length);
}
