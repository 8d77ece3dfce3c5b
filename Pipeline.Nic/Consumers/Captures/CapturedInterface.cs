using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>An interface as one capture writes it, with the start that its packets' times count from.</summary>
/// <param name="offsetSeconds">Seconds since 1970, if_tsoffset.</param>
internal sealed class CapturedInterface(NicInterface source, long offsetSeconds)
{
    public const int NotDescribed = -1;

    private const long NanosecondsPerSecond = 1_000_000_000;

    public NicInterface Source { get; } = source;

    /// <summary>Whether its packets have headers in a byte order that is not the written file's.</summary>
    public bool ReversesHeaders { get; } = source.IsBigEndian && HostOrderHeader.Has(source.LinkType);

    public long OffsetSeconds { get; } = offsetSeconds;

    /// <summary>The same interface with times that count from another start; null where none was needed.</summary>
    public CapturedInterface? Next { get; set; }

    /// <summary>
    /// The least time that fits. Every later time that 64 signed bits of nanoseconds since 1970 can hold fits too. If that is not so, this
    /// is the largest number.
    /// </summary>
    public long LeastTime { get; } = LeastOf((Int128)offsetSeconds * NanosecondsPerSecond);

    /// <summary>Its number in the file being written, or <see cref="NotDescribed"/>.</summary>
    public int Id { get; set; } = NotDescribed;

    /// <summary>The snap length that the file being written says it has.</summary>
    public uint SnapLength { get; set; }

    /// <summary>The position in the file where its description ends.</summary>
    public long DescribedUpTo { get; set; }

    /// <summary>Packets of it that the output took, over all files of the capture.</summary>
    public long Written { get; set; }

    /// <summary>Nanoseconds since 1970 of its earliest and latest packet, where it <see cref="HasTimes"/>.</summary>
    public long FirstTimestamp { get; private set; } = long.MaxValue;

    public long LastTimestamp { get; private set; } = long.MinValue;

    public bool HasTimes => LastTimestamp >= FirstTimestamp;

    /// <summary>Converts the headers of a written packet to the file's byte order, where they are in the other one.</summary>
    /// <param name="at">
    /// Its written bytes. After them there is room for <see cref="HostOrderHeader.MostFieldBytes"/>; the contents of that room stay.
    /// </param>
    /// <param name="cutOff">
    /// Captured bytes after them that are not written. A field that the snap length cuts is reversed before it is cut.
    /// </param>
    public unsafe void Turn(byte* at, int bytes, ReadOnlySpan<byte> cutOff)
    {
        if (!ReversesHeaders) return;
        var restOfField = cutOff[..Math.Min(cutOff.Length, HostOrderHeader.MostFieldBytes - 1)];
        var behind = Unsafe.ReadUnaligned<ulong>(at + bytes);
        restOfField.CopyTo(new Span<byte>(at + bytes, restOfField.Length));
        HostOrderHeader.Reverse(Source.LinkType, new Span<byte>(at, bytes + restOfField.Length));
        Unsafe.WriteUnaligned(at + bytes, behind);
    }

    public bool Holds(Int128 nanoseconds) => Holds(OffsetSeconds, nanoseconds);

    /// <summary>Whether 64 bits of nanoseconds that count from an offset reach a time.</summary>
    public static bool Holds(long offsetSeconds, Int128 nanoseconds)
    {
        var ticks = nanoseconds - ((Int128)offsetSeconds * NanosecondsPerSecond);
        return ticks >= 0 && ticks <= ulong.MaxValue;
    }

    /// <summary>
    /// A time as the file has it: nanoseconds in 64 bits without a sign. A time that does not fit becomes the nearest that does.
    /// </summary>
    public ulong Ticks(Int128 nanoseconds) => (ulong)Int128.Clamp(nanoseconds - Offset, 0, ulong.MaxValue);

    /// <param name="packet">Has a time.</param>
    public void Saw(in Packet packet)
    {
        var time = packet.TimestampNanoseconds;
        if (time > LastTimestamp) LastTimestamp = time;
        if (time < FirstTimestamp) FirstTimestamp = time;
    }

    /// <summary>It is not a field: code that touches objects with a field of this type is not compiled ahead of time.</summary>
    private Int128 Offset => (Int128)OffsetSeconds * NanosecondsPerSecond;

    private static long LeastOf(Int128 offset) => offset < long.MinValue || offset > long.MaxValue ? long.MaxValue : (long)offset;
}
