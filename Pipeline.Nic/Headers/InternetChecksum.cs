using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pipeline.Nic.Headers;

/// <summary>
/// The Internet checksum, the complement of the one's complement sum of 16-bit words (RFC 1071). Allocates nothing, any thread.
/// </summary>
/// <remarks>
/// Words are added in the machine's own byte order and 32 bits at a time, which RFC 1071 section 2 (B and C) shows to be equivalent. Only
/// the folded result is byte-swapped.
/// </remarks>
public static class InternetChecksum
{
    /// <summary>Setting up the vectors costs as much as adding this many bytes a word at a time.</summary>
    private const int VectorsFromBytes = 128;

    /// <summary>The checksum of the bytes, including their checksum field as it is. An odd last byte is padded with 0.</summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes) => (ushort)~Fold(Add(0, bytes));

    /// <summary>Whether bytes that contain their own checksum sum up to all ones.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes) => Fold(Add(0, bytes)) == 0xffff;

    /// <summary>
    /// The same for the 20 bytes that nearly all IPv4 headers have, without a loop. The caller knows that they are there.
    /// </summary>
    internal static bool IsValid20(ref byte bytes) =>
        Fold(AddWords(AddWords(Read<uint>(ref bytes, 16), Read<ulong>(ref bytes, 0)), Read<ulong>(ref bytes, 8))) == 0xffff;

    /// <summary>Adds bytes to a sum that is not folded yet. Only the last of several runs may have an odd length.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes) => Add(sum, ref MemoryMarshal.GetReference(bytes), bytes.Length);

    /// <summary>The same for a caller who knows that this many bytes are there.</summary>
    internal static ulong Add(ulong sum, ref byte bytes, int count)
    {
        var at = 0;
        if (count >= VectorsFromBytes && Vector256.IsHardwareAccelerated) sum += SumVectors(ref bytes, count, out at);
        for (; at <= count - sizeof(ulong); at += sizeof(ulong)) sum = AddWords(sum, Read<ulong>(ref bytes, at));
        return at == count ? sum : AddWords(sum, Tail(ref bytes, at, count - at));
    }

    /// <summary>Adds a word given as a number, such as a length of a pseudo header.</summary>
    public static ulong AddWord(ulong sum, ushort word) =>
        sum + (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word);

    /// <summary>The 16-bit one's complement sum, as a number; its complement is the checksum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum)
    {
        sum = (sum >> 32) + (uint)sum;
        sum = (sum >> 32) + (uint)sum;
        var folded = ((uint)sum >> 16) + (uint)(ushort)sum;
        folded = (folded >> 16) + (ushort)folded;
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)folded) : (ushort)folded;
    }

    /// <summary>Adds two 32-bit words. The part that carries into the upper half is folded in at the end.</summary>
    private static ulong AddWords(ulong sum, ulong words) => sum + (words >> 32) + (uint)words;

    /// <summary>The last 1 to 7 bytes, as if zeros followed.</summary>
    private static ulong Tail(ref byte bytes, int at, int count)
    {
        // Most runs are long enough to load a whole word that ends where they end, and to shift out the bytes already added.
        if (at > 0 && BitConverter.IsLittleEndian)
            return Read<ulong>(ref bytes, at + count - sizeof(ulong)) >> (8 * (sizeof(ulong) - count));
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref bytes, at), count).CopyTo(padded);
        return MemoryMarshal.Read<ulong>(padded);
    }

    private static ulong SumVectors(ref byte bytes, int count, out int at)
    {
        // Each 64-bit lane takes 32-bit words, so it cannot overflow below 2^31 vectors.
        Vector256<ulong> lanes = default, low = Vector256.Create((ulong)uint.MaxValue);
        for (at = 0; at <= count - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var words = Read<Vector256<ulong>>(ref bytes, at);
            lanes += (words & low) + (words >>> 32);
        }

        return Vector256.Sum(lanes);
    }

    private static T Read<T>(ref byte bytes, int at)
        where T : struct => Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref bytes, at));
}
