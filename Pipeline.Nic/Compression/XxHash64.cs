using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Compression;

/// <summary>XXH64 with seed 0, the checksum of zstd frames (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).</summary>
internal struct XxHash64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;
    private const int StripeBytes = 32;

    private ulong _lane1;
    private ulong _lane2;
    private ulong _lane3;
    private ulong _lane4;
    private ulong _total;
    private Stripe _rest;

    public XxHash64() => (_lane1, _lane2, _lane3, _lane4) = (unchecked(Prime1 + Prime2), Prime2, 0, unchecked(0 - Prime1));

    /// <summary>The hash of all bytes so far.</summary>
    public readonly ulong Value
    {
        get
        {
            var hash = (_total < StripeBytes ? Prime5 : Merged()) + _total;
            ReadOnlySpan<byte> rest = _rest;
            for (rest = rest[..(int)(_total % StripeBytes)]; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
                hash = (BitOperations.RotateLeft(hash ^ Round(0, U64(rest)), 27) * Prime1) + Prime4;
            if (rest.Length >= sizeof(uint))
            {
                var four = BinaryPrimitives.ReadUInt32LittleEndian(rest);
                hash = (BitOperations.RotateLeft(hash ^ (four * Prime1), 23) * Prime2) + Prime3;
                rest = rest[sizeof(uint)..];
            }

            foreach (var next in rest) hash = BitOperations.RotateLeft(hash ^ (next * Prime5), 11) * Prime1;
            hash = (hash ^ hash >> 33) * Prime2;
            hash = (hash ^ hash >> 29) * Prime3;
            return hash ^ hash >> 32;
        }
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

    private readonly ulong Merged()
    {
        var hash = BitOperations.RotateLeft(_lane1, 1) + BitOperations.RotateLeft(_lane2, 7)
            + BitOperations.RotateLeft(_lane3, 12) + BitOperations.RotateLeft(_lane4, 18);
        foreach (var lane in (ReadOnlySpan<ulong>)[_lane1, _lane2, _lane3, _lane4]) hash = ((hash ^ Round(0, lane)) * Prime1) + Prime4;
        return hash;
    }

    private void Mix(ReadOnlySpan<byte> stripe)
    {
        _lane1 = Round(_lane1, U64(stripe));
        _lane2 = Round(_lane2, U64(stripe[8..]));
        _lane3 = Round(_lane3, U64(stripe[16..]));
        _lane4 = Round(_lane4, U64(stripe[24..]));
    }

    private static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1;

    private static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    [InlineArray(StripeBytes)]
    private struct Stripe
    {
        private byte _first;
    }
}
