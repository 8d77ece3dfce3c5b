using System.Diagnostics;
using System.Numerics;

namespace Pipeline.Nic.Pages;

/// <summary>How packets get into a bundle.</summary>
public sealed partial class PageBundle
{
    /// <summary>
    /// Adds a packet. The caller must have taken the packet's page for <see cref="Share"/> first (<see cref="PageShare.Take"/>).
    /// Only for the owner, and only while <see cref="IsFull"/> is false.
    /// </summary>
    public void Append(in Packet packet)
    {
        Debug.Assert(IsOwned, "Only the owner of a bundle may put packets in.");
        _memory[_count++] = packet;
        _bytes += packet.CapturedLength;
        _flags |= packet.RuleAndFlags;
    }

    /// <summary>
    /// Adds a packet of another bundle of the same share, with a hold of its own on the packet's page. The other bundle must forget what
    /// has moved (<see cref="ForgetMoved"/>). Only for the owner, and only while <see cref="IsFull"/> is false.
    /// </summary>
    public void AppendMoved(in Packet packet)
    {
        Share.Take(Pool.PageOf(packet.Offset), 1);
        Append(packet);
    }

    /// <summary>Adds as many packets as fit, under the same terms as <see cref="Append(in Packet)"/>.</summary>
    /// <returns>How many were added.</returns>
    public int Append(ReadOnlySpan<Packet> packets)
    {
        Debug.Assert(IsOwned, "Only the owner of a bundle may put packets in.");
        packets = packets[..Math.Min(packets.Length, Capacity - _count)];
        packets.CopyTo(Room);
        foreach (ref readonly var packet in packets)
        {
            _bytes += packet.CapturedLength;
            _flags |= packet.RuleAndFlags;
        }

        _count += packets.Length;
        return packets.Length;
    }

    /// <summary>Adds those packets whose bit is set, as many as fit, under the same terms as <see cref="Append(in Packet)"/>.</summary>
    /// <param name="packets">At most 64.</param>
    /// <param name="chosen">One bit per packet, the lowest for the first.</param>
    /// <returns>The bits of those that did not fit.</returns>
    public ulong Append(ReadOnlySpan<Packet> packets, ulong chosen)
    {
        Debug.Assert(IsOwned, "Only the owner of a bundle may put packets in.");
        var room = Room;
        var (added, bytes, flags) = (0, 0L, 0u);
        for (; chosen != 0 && added < room.Length; chosen &= chosen - 1)
        {
            ref readonly var packet = ref packets[BitOperations.TrailingZeroCount(chosen)];
            room[added++] = packet;
            bytes += packet.CapturedLength;
            flags |= packet.RuleAndFlags;
        }

        _count += added;
        _bytes += bytes;
        _flags |= flags;
        return chosen;
    }

    /// <summary>
    /// Room in which a device writes descriptors in place. That saves the copy of <see cref="Append(in Packet)"/>. The device must write
    /// every field, because the old contents are still there. <see cref="Appended"/> then adds them.
    /// </summary>
    internal Span<Packet> Room => _memory.Slice(_count, Capacity - _count);

    /// <summary>Adds the packets written into <see cref="Room"/>, under the same terms as <see cref="Append(in Packet)"/>.</summary>
    /// <param name="bytes">Captured bytes of all of them.</param>
    internal void Appended(int packets, long bytes)
    {
        _count += packets;
        _bytes += bytes;
    }

    /// <summary>
    /// Adds packets written into <see cref="Room"/> by a device whose pages hold many of them, and takes their page for
    /// <see cref="Share"/>.
    /// </summary>
    /// <param name="page">The device holds it, and has described all of the packets through its <see cref="FilledPage"/>.</param>
    /// <param name="packets">How many.</param>
    /// <param name="bytes">Captured bytes of all of them.</param>
    internal void AppendedFrom(int page, int packets, long bytes)
    {
        Pool.Audit?.CheckWithin(page, Room[..packets]);
        Share.Take(page, packets);
        Appended(packets, bytes);
    }
}
