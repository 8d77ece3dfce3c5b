using System.Buffers.Binary;
using System.Text;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>
/// Functions that the kernel offers to programs by number. The numbers are those of its own types (BTF), so they differ from kernel to
/// kernel (Linux, Documentation/bpf/btf.rst, section 2).
/// </summary>
internal static class KernelFunctions
{
    private const ushort Magic = 0xeb9f;
    private const int LeastHeader = 24;
    private const int TypeBytes = 12;
    private const int Function = 12;

    /// <summary>The numbers of functions; null where the kernel lacks one of them, or does not tell its types.</summary>
    /// <param name="file">Stands in for the kernel's own types.</param>
    public static int[]? NumbersOf(string[] names, string file = "/sys/kernel/btf/vmlinux") =>
        OptionalFiles.Bytes(file) is { } btf ? Find(btf, names) : null;

    /// <param name="btf">In this machine's byte order, as the kernel has it.</param>
    internal static int[]? Find(ReadOnlySpan<byte> btf, string[] names)
    {
        if (btf.Length < LeastHeader || Half(btf) != Magic) return null;
        var header = Word(btf[4..]);
        if (!TrySlice(btf, header, btf[8..], out var types) || !TrySlice(btf, header, btf[16..], out var texts)) return null;
        var found = new int[names.Length];
        var wanted = names.Select(n => Encoding.ASCII.GetBytes(n + '\0')).ToArray();
        for (var (at, number) = (0, 1); at + TypeBytes <= types.Length; number++)
        {
            var info = Word(types[(at + 4)..]);
            var kind = (int)(info >> 24) & 0x1f;
            if (kind == Function) Note(texts, Word(types[at..]), wanted, found, number);
            if (RestOf(kind, (int)(info & 0xffff)) is not { } rest) return null;
            at += TypeBytes + rest;
        }

        return found.Contains(0) ? null : found;
    }

    private static void Note(ReadOnlySpan<byte> texts, uint name, byte[][] wanted, int[] found, int number)
    {
        if (name >= texts.Length) return;
        for (var i = 0; i < wanted.Length; i++)
        {
            if (texts[(int)name..].StartsWith(wanted[i])) found[i] = number;
        }
    }

    /// <summary>Bytes of a type behind the part that all have; null for a kind that is not known.</summary>
    private static int? RestOf(int kind, int members) => kind switch
    {
        1 or 14 or 17 => 4, // INT, VAR, DECL_TAG
        3 => 12, // ARRAY
        4 or 5 or 15 or 19 => 12 * members, // STRUCT, UNION, DATASEC, ENUM64
        6 or 13 => 8 * members, // ENUM, FUNC_PROTO
        2 or (>= 7 and <= 12) or 16 or 18 => 0, // PTR, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FLOAT, TYPE_TAG
        _ => null,
    };

    /// <param name="place">An offset behind the header, and a length.</param>
    private static bool TrySlice(ReadOnlySpan<byte> btf, uint header, ReadOnlySpan<byte> place, out ReadOnlySpan<byte> slice)
    {
        var (from, length) = ((long)header + Word(place), (long)Word(place[4..]));
        slice = from + length <= btf.Length ? btf.Slice((int)from, (int)length) : default;
        return !slice.IsEmpty;
    }

    private static ushort Half(ReadOnlySpan<byte> bytes) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Word(ReadOnlySpan<byte> bytes) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
