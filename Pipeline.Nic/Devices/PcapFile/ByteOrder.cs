using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// The byte order of numbers in a capture. It is a type and not a flag, so that the readers are compiled once for each order.
/// </summary>
internal unsafe interface IByteOrder
{
    static abstract ushort U16(byte* at);

    static abstract uint U32(byte* at);
}

internal readonly unsafe struct LittleEndian : IByteOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort U16(byte* at)
    {
        var value = Unsafe.ReadUnaligned<ushort>(at);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint U32(byte* at)
    {
        var value = Unsafe.ReadUnaligned<uint>(at);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }
}

internal readonly unsafe struct BigEndian : IByteOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort U16(byte* at)
    {
        var value = Unsafe.ReadUnaligned<ushort>(at);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint U32(byte* at)
    {
        var value = Unsafe.ReadUnaligned<uint>(at);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }
}
