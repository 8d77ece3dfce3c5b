using System.Runtime.Intrinsics;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Which lane each packet of a stretch goes along, for what most packets are: one to a page, and nobody gets a copy. Found and handed out
/// without a branch that depends on the packet, because neighbours go different ways and a wrong guess costs more than the look-up. For one
/// thread; used again for the next stretch.
/// </summary>
internal sealed class Deal
{
    /// <summary>Packets handed out at a time: a bit each in a word.</summary>
    public const int Hand = 64;

    /// <summary>No lane has this number.</summary>
    private const byte NoLane = byte.MaxValue;

    private byte[] _laneOf = new byte[256];
    private int _count;

    /// <summary>The lanes that get something, a bit each.</summary>
    public ulong Touched { get; private set; }

    /// <summary>Looks up the lane of every packet.</summary>
    /// <returns>False when one of them goes more than one way; then nothing that was found is of use.</returns>
    public bool Look(RouteTable table, ReadOnlySpan<Packet> packets)
    {
        var (touched, copies) = (0ul, 0ul);
        var laneOf = Room(packets.Length);
        for (var i = 0; i < packets.Length; i++)
        {
            ref readonly var packet = ref packets[i];
            var decision = table.Resolve(packet.Mark, packet.Flags);
            laneOf[i] = (byte)decision.Final;
            touched |= 1ul << decision.Final;
            copies |= decision.Copies;
        }

        Touched = touched;
        return copies == 0;
    }

    /// <summary>How many packets go along a lane.</summary>
    public int CountOf(int lane) => _laneOf.AsSpan(0, _count).Count((byte)lane);

    /// <summary>Which of the <see cref="Hand"/> packets from <paramref name="start"/> on go along a lane, the lowest bit for the first.</summary>
    /// <param name="start">A multiple of <see cref="Hand"/>.</param>
    public ulong HandOf(int lane, int start) =>
        Vector512.Equals(Vector512.Create<byte>(_laneOf.AsSpan(start, Hand)), Vector512.Create((byte)lane)).ExtractMostSignificantBits();

    private Span<byte> Room(int packets)
    {
        var rounded = (packets + Hand - 1) / Hand * Hand;
        if (rounded > _laneOf.Length) _laneOf = new byte[rounded];
        _laneOf.AsSpan(packets, rounded - packets).Fill(NoLane);
        _count = packets;
        return _laneOf.AsSpan(0, packets);
    }
}
