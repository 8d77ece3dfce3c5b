using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// The one frame that the thread of a sender fills with sections of bundles and then sends. It has native memory of its own, as long as the
/// longest frame.
/// </summary>
/// <param name="limit">The most bytes of a frame with more than one packet.</param>
internal sealed unsafe class FrameBuilder(int limit)
{
    /// <summary>How far ahead of the copy packets are fetched: about as many lines as a CPU waits for at a time.</summary>
    private const int Ahead = 6;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(LinkLayout.MostFrameBytes, 64);
    private int _length = LinkLayout.HeaderBytes;

    /// <summary>Sections in it.</summary>
    public int Sections { get; private set; }

    /// <summary>Packets in all of its sections.</summary>
    public int Packets { get; private set; }

    /// <summary>Bytes of these packets.</summary>
    public long Bytes { get; private set; }

    public void Clear() => (_length, Sections, Packets, Bytes) = (LinkLayout.HeaderBytes, 0, 0, 0L);

    /// <summary>
    /// Puts as many packets of a bundle in as there is room for. One that is too long for any frame gets this one to itself.
    /// </summary>
    /// <param name="bundle">Its bytes are copied.</param>
    /// <param name="first">The first packet to put in.</param>
    /// <param name="lane">Where it goes.</param>
    /// <param name="interfaceId">The bundle's interface, as it was declared.</param>
    /// <returns>How many packets; 0 where there is no room for the first.</returns>
    public int Add(PageBundle bundle, int first, LinkLane lane, int interfaceId)
    {
        var packets = bundle.Packets[first..];
        var region = bundle.Pool.RegionFor(packets);

        // The first ones come into the cache while it is counted how many fit.
        for (var i = 0; i < Ahead && i < packets.Length; i++) Fetch(region + packets[i].Offset);
        var (count, bytes) = Fitting(packets, lane.BytesToAPacket, limit - _length - LinkLayout.SectionBytes);
        if (count == 0)
        {
            if (Sections > 0) return 0;
            (count, bytes) = (1, PacketBytes.Carried(packets[0], lane.BytesToAPacket));
        }

        *(SectionHeader*)(_memory + _length) = new SectionHeader
        {
            Instance = lane.Instance, Packets = count, Sequence = lane.NextSequence, Interface = interfaceId,
            Generation = bundle.Generation, Bytes = bytes, Flags = count == packets.Length ? LinkLayout.LastSection : 0,
        };
        Copy(packets[..count], region, lane.BytesToAPacket);
        _length += LinkLayout.SectionBytes + (count * LinkLayout.EntryBytes) + bytes;
        (Sections, Packets, Bytes) = (Sections + 1, Packets + count, Bytes + bytes);
        return count;
    }

    /// <summary>Writes the header.</summary>
    /// <returns>The whole frame, valid until the next one is begun.</returns>
    public ReadOnlySpan<byte> Finish(long number, long epoch)
    {
        var frame = new Span<byte>(_memory, _length);
        FrameHeader.Write(frame, FrameKind.Bundles, number, epoch, Sections);
        return frame;
    }

    /// <summary>Frees the memory. Nothing else must be called afterwards.</summary>
    public void Free() => NativeMemory.AlignedFree(_memory);

    private static (int Count, int Bytes) Fitting(ReadOnlySpan<Packet> packets, int most, int room)
    {
        var (count, bytes) = (0, 0);
        foreach (ref readonly var packet in packets)
        {
            var carried = PacketBytes.Carried(packet, most);
            if (bytes + carried + ((count + 1) * LinkLayout.EntryBytes) > room) break;
            count++;
            bytes += carried;
        }

        return (count, bytes);
    }

    private void Copy(ReadOnlySpan<Packet> packets, byte* region, int most)
    {
        var entry = (Packet*)(_memory + _length + LinkLayout.SectionBytes);
        var to = (byte*)(entry + packets.Length);
        for (var i = 0; i < packets.Length; i++)
        {
            ref readonly var packet = ref packets[i];
            if (i + Ahead < packets.Length) Fetch(region + packets[i + Ahead].Offset);
            var carried = PacketBytes.Carried(packet, most);
            *entry = packet;
            entry->Offset = 0;
            entry->CapturedLength = carried;
            entry->RuleAndFlags &= ~Packet.FlagBits(LinkLayout.LocalFlags);
            entry++;
            new ReadOnlySpan<byte>(region + packet.Offset, carried).CopyTo(new Span<byte>(to, carried));
            to += carried;
        }
    }

    private static void Fetch(byte* bytes)
    {
        if (Sse.IsSupported) Sse.Prefetch0(bytes);
    }
}
