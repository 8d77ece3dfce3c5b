using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Compression;

/// <summary>XXH32 with seed 0, the checksum of lz4 frames (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).</summary>
internal struct XxHash32
{
    private const uint Prime1 = 0x9E3779B1;
    private const uint Prime2 = 0x85EBCA77;
    private const uint Prime3 = 0xC2B2AE3D;
    private const uint Prime4 = 0x27D4EB2F;
    private const uint Prime5 = 0x165667B1;
    private const int StripeBytes = 16;

    private uint _lane1;
    private uint _lane2;
    private uint _lane3;
    private uint _lane4;
    private ulong _total;
    private Stripe _rest;

    public XxHash32() => (_lane1, _lane2, _lane3, _lane4) = (unchecked(Prime1 + Prime2), Prime2, 0, unchecked(0 - Prime1));

    /// <summary>The hash of all bytes so far.</summary>
    public readonly uint Value
    {
        get
        {
            var hash = _total < StripeBytes
                ? Prime5
                : BitOperations.RotateLeft(_lane1, 1) + BitOperations.RotateLeft(_lane2, 7)
                    + BitOperations.RotateLeft(_lane3, 12) + BitOperations.RotateLeft(_lane4, 18);
            hash += (uint)_total;
            ReadOnlySpan<byte> rest = _rest;
            for (rest = rest[..(int)(_total % StripeBytes)]; rest.Length >= sizeof(uint); rest = rest[sizeof(uint)..])
                hash = BitOperations.RotateLeft(hash + (U32(rest) * Prime3), 17) * Prime4;
            foreach (var next in rest) hash = BitOperations.RotateLeft(hash + (next * Prime5), 11) * Prime1;
            hash = (hash ^ hash >> 15) * Prime2;
            hash = (hash ^ hash >> 13) * Prime3;
            return hash ^ hash >> 16;
        }
    }

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var hash = new XxHash32();
        hash.Append(bytes);
        return hash.Value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var held = (int)(_total % StripeBytes);
        _total += (uint)bytes.Length;
        Span<byte> rest = _rest;
        if (held > 0)
        {
            var more = Math.Min(StripeBytes - held, bytes.Length);
            bytes[..more].CopyTo(rest[held..]);
            bytes = bytes[more..];
            if (held + more < StripeBytes) return;
            Mix(rest);
        }

        for (; bytes.Length >= StripeBytes; bytes = bytes[StripeBytes..]) Mix(bytes);
        bytes.CopyTo(rest);
    }

    private void Mix(ReadOnlySpan<byte> stripe)
    {
        _lane1 = Round(_lane1, U32(stripe));
        _lane2 = Round(_lane2, U32(stripe[4..]));
        _lane3 = Round(_lane3, U32(stripe[8..]));
        _lane4 = Round(_lane4, U32(stripe[12..]));
    }

    private static uint Round(uint lane, uint input) => BitOperations.RotateLeft(lane + (input * Prime2), 13) * Prime1;

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    [InlineArray(StripeBytes)]
    private struct Stripe
    {
        private byte _first;
    }
}
