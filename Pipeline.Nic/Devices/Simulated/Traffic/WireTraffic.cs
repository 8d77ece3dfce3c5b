using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>
/// The wire: it gives the packet at each place. It is a pure function of the seed (or the capture) and the packet's number. So each queue
/// finds its own packets by itself, on any thread and at any time, and two runs are the same. Immutable.
/// </summary>
internal abstract class WireTraffic
{
    /// <summary>The number of own bytes that most templates have: enough for the headers of any flow, and one cache line.</summary>
    public const int UsualHeadBytes = 64;

    /// <summary>The templates' own bytes, one after the other.</summary>
    public required byte[] Heads { get; init; }

    /// <summary>The bytes that all packets have after their own, at the same offset as in a packet.</summary>
    public required byte[] Tail { get; init; }

    public required PacketTemplate[] Templates { get; init; }

    /// <summary>The queue that each template comes in on.</summary>
    public required byte[] QueueOf { get; init; }

    public required IReadOnlyList<NicInterface> Interfaces { get; init; }

    /// <summary>The number of packets; null for no end.</summary>
    public virtual long? Packets => null;

    /// <summary>
    /// The error that kept the traffic from being read to its end. The device's first queue throws it after its last packet.
    /// </summary>
    public virtual IOException? Fault => null;

    /// <summary>Whether packets have their own times, so that no clock is asked for them.</summary>
    public virtual bool HasOwnTimes => false;

    /// <summary>The time at which a packet with its own time is on the wire, in nanoseconds since 1970.</summary>
    public virtual long TimeOf(in PacketTemplate template, long number) => template.TimestampNanoseconds;

    /// <summary>The template of a packet.</summary>
    public abstract int TemplateOf(long number);

    /// <summary>Finds a queue's packets among those from <paramref name="first"/> on.</summary>
    /// <param name="arrivals">Room for <paramref name="count"/>.</param>
    /// <returns>How many there are.</returns>
    public abstract int Scan(long first, int count, int queue, Span<Arrival> arrivals);

    /// <summary>Copies all bytes of a packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every packet
    public void CopyTo(in PacketTemplate template, Span<byte> bytes)
    {
        var head = Heads.AsSpan(template.HeadAt, template.HeadBytes);
        // The copy of a size that is known at compile time is inlined.
        if (head.Length == UsualHeadBytes) MemoryMarshal.Cast<byte, UsualHead>(head)[0].CopyTo(bytes);
        else head.CopyTo(bytes);
        if (template.Length > head.Length) Tail.AsSpan(head.Length, template.Length - head.Length).CopyTo(bytes[head.Length..]);
    }

    [InlineArray(UsualHeadBytes)]
    private struct UsualHead
    {
        private byte _first;

        public readonly void CopyTo(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);
    }
}
