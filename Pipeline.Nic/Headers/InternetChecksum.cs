using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pipeline.Nic.Headers;

/// <summary>
/// The Internet checksum, the complement of the one's complement sum of 16-bit words (RFC 1071). Allocates nothing, any thread.
/// </summary>
/// <remarks>
/// Words are added in the machine's own byte order and 32 bits at a time, which RFC 1071 section 2 (B and C) shows to be the same; only
/// the folded result is turned round.
/// </remarks>
public static class InternetChecksum
{
    /// <summary>The checksum of the bytes, with whatever stands in their checksum field; an odd last byte is padded with 0.</summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes) => (ushort)~Fold(Add(0, bytes));

    /// <summary>Whether bytes that contain their own checksum sum up to all ones.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes) => Fold(Add(0, bytes)) == 0xffff;

    /// <summary>The same for the 20 bytes that nearly all IPv4 headers have, without a loop.</summary>
    internal static bool IsValid20(ReadOnlySpan<byte> bytes)
    {
        var first = MemoryMarshal.Read<ulong>(bytes);
        var second = MemoryMarshal.Read<ulong>(bytes[8..]);
        return Fold((first >> 32) + (uint)first + (second >> 32) + (uint)second + MemoryMarshal.Read<uint>(bytes[16..])) == 0xffff;
    }

    /// <summary>Adds bytes to a sum not folded yet. Of several runs only the last may have an odd length.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 2 * Vector256<byte>.Count && Vector256.IsHardwareAccelerated) sum = AddVectors(sum, ref bytes);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            var word = MemoryMarshal.Read<ulong>(bytes);
            sum += (word >> 32) + (uint)word;
        }

        if (bytes.Length >= sizeof(uint))
        {
            sum += MemoryMarshal.Read<uint>(bytes);
            bytes = bytes[sizeof(uint)..];
        }

        if (bytes.Length >= sizeof(ushort))
        {
            sum += MemoryMarshal.Read<ushort>(bytes);
            bytes = bytes[sizeof(ushort)..];
        }

        return bytes.IsEmpty ? sum : AddWord(sum, (ushort)(bytes[0] << 8));
    }

    /// <summary>Adds a word given as a number, such as a length of a pseudo header.</summary>
    public static ulong AddWord(ulong sum, ushort word) =>
        sum + (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word);

    /// <summary>The 16-bit one's complement sum, as a number; its complement is the checksum.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum >> 32) + (uint)sum;
        sum = (sum >> 32) + (uint)sum;
        var folded = ((uint)sum >> 16) + (uint)(ushort)sum;
        folded = (folded >> 16) + (ushort)folded;
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)folded) : (ushort)folded;
    }

    private static ulong AddVectors(ulong sum, ref ReadOnlySpan<byte> bytes)
    {
        // Each 64-bit lane takes 32-bit words, so it cannot overflow below 2^32 vectors.
        var lanes = Vector256<ulong>.Zero;
        for (; bytes.Length >= Vector256<byte>.Count; bytes = bytes[Vector256<byte>.Count..])
        {
            var (low, high) = Vector256.Widen(Vector256.Create(bytes).AsUInt32());
            lanes += low + high;
        }

        return sum + Vector256.Sum(lanes);
    }
}
