using System.Numerics;
using System.Runtime.Intrinsics;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Decides which lanes each packet of a stretch goes along, and how many packets each lane gets, before any packet is sent. Packets are
/// looked up once and assigned by bit masks, without a branch that depends on the packet. Neighbouring packets go different ways, and a
/// mispredicted branch costs more than the look-up. For one thread; reused for the next stretch.
/// </summary>
/// <param name="lanes">How many there are.</param>
/// <param name="isOfCopies">Whether the packets are copies already, which go along lanes of copies only. Some may go along none.</param>
internal sealed class LaneSplit(int lanes, bool isOfCopies = false)
{
    /// <summary>The packets that are assigned at a time: a bit each in a word.</summary>
    public const int Hand = 64;

    /// <summary>No lane has this number.</summary>
    private const byte NoLane = byte.MaxValue;

    private readonly int[] _packets = new int[lanes];
    private byte[] _finalOf = new byte[256];
    private ulong[] _copiesOf = new ulong[256];

    /// <summary>The packets that were looked up; their descriptors stay where they are.</summary>
    private (PageBundle Source, int Start, int Count) _stretch;

    /// <summary>The page that the packets lie in; if pages hold one packet, the page of the first.</summary>
    public int Page { get; private set; }

    /// <summary>The lanes that get something, a bit each.</summary>
    public ulong Touched { get; private set; }

    /// <summary>Those of <see cref="Touched"/> that get copies.</summary>
    public ulong Copied { get; private set; }

    /// <summary>Packets of the stretch.</summary>
    public int Count => _stretch.Count;

    /// <summary>The packets of the stretch.</summary>
    public Span<Packet> Packets => _stretch.Source.Packets.Slice(_stretch.Start, _stretch.Count);

    /// <summary>Looks up the lanes of every packet from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public void Look(RouteTable table, PageBundle source, int start, int end)
    {
        _stretch = (source, start, end - start);
        var packets = Packets;
        Page = source.Pool.PageOf(packets[0].Offset);
        var finals = Room(packets.Length);
        (Touched, Copied) = table.Sole is { } sole ? LookAtNone(finals, sole) : Look(table, packets, finals, _copiesOf);
        if (isOfCopies) LeaveCopiesOnly(finals);
        CountLanes();
    }

    /// <summary>How many packets go along a lane of <see cref="Touched"/>.</summary>
    public int PacketsOf(int lane) => _packets[lane];

    /// <summary>Captured bytes of the packets that go along a lane. Looks at each packet.</summary>
    public long BytesOf(int lane)
    {
        var bytes = 0L;
        var packets = Packets;
        for (var start = 0; start < packets.Length; start += Hand)
        {
            for (var chosen = HandOf(lane, start); chosen != 0; chosen &= chosen - 1)
                bytes += packets[start + BitOperations.TrailingZeroCount(chosen)].CapturedLength;
        }

        return bytes;
    }

    /// <summary>Whether no packet of a lane is longer, including the block that goes along with it. Looks at each packet.</summary>
    public bool FitsWithin(int lane, int bytes)
    {
        var packets = Packets;
        for (var start = 0; start < packets.Length; start += Hand)
        {
            for (var chosen = HandOf(lane, start); chosen != 0; chosen &= chosen - 1)
            {
                ref readonly var packet = ref packets[start + BitOperations.TrailingZeroCount(chosen)];
                var length = PacketExtent.Of(_stretch.Source, packet).Length;
                if (length > bytes) return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Which of the <see cref="Hand"/> packets from <paramref name="start"/> on go along a lane, the lowest bit for the first.
    /// </summary>
    /// <param name="lane">One of <see cref="Touched"/>.</param>
    /// <param name="start">A multiple of <see cref="Hand"/>.</param>
    public ulong HandOf(int lane, int start) => (Copied >> lane & 1) == 0
        ? Vector512.Equals(Vector512.Create<byte>(_finalOf.AsSpan(start, Hand)), Vector512.Create((byte)lane)).ExtractMostSignificantBits()
        : CopiesOf(lane, start);

    /// <summary>The lane that is a packet's final one; -1 where it has none, as among copies.</summary>
    /// <param name="packet">The packet's place in the stretch, from 0.</param>
    public int FinalOf(int packet) => _finalOf[packet] is var lane && lane == NoLane ? -1 : lane;

    /// <summary>The number of lanes, among <paramref name="lanes"/>, whose bundles will contain a packet.</summary>
    /// <param name="packet">The packet's place in the stretch, from 0.</param>
    /// <param name="lanes">A bit each.</param>
    public int LanesOf(int packet, ulong lanes)
    {
        var copies = Copied == 0 ? 0 : _copiesOf[packet];
        return BitOperations.PopCount((copies | (1ul << _finalOf[packet])) & lanes);
    }

    /// <summary>All lanes that a packet goes along, a bit each.</summary>
    /// <param name="packet">The packet's place in the stretch, from 0.</param>
    public ulong WaysOf(int packet)
    {
        var final = _finalOf[packet];
        return (Copied == 0 ? 0 : _copiesOf[packet]) | (final == NoLane ? 0 : 1ul << final);
    }

    /// <summary>Takes a packet from some of its lanes. <see cref="Recount"/> must follow.</summary>
    /// <param name="packet">The packet's place in the stretch, from 0.</param>
    /// <param name="lanes">Of those that it goes along, a bit each.</param>
    /// <param name="instead">The final lane it gets if its own is among them; -1 to keep it.</param>
    public void End(int packet, ulong lanes, int instead)
    {
        if (Copied != 0) _copiesOf[packet] &= ~lanes;
        if (instead >= 0 && _finalOf[packet] is not NoLane and var final && (lanes >> final & 1) != 0) _finalOf[packet] = (byte)instead;
    }

    /// <summary>Counts the packets of all lanes again.</summary>
    public void Recount()
    {
        var (finals, copied) = (0ul, 0ul);
        foreach (var final in _finalOf.AsSpan(0, Count)) finals |= final == NoLane ? 0 : 1ul << final;
        if (Copied != 0)
        {
            foreach (var copies in _copiesOf.AsSpan(0, Count)) copied |= copies;
        }

        (Touched, Copied) = (finals | copied, copied);
        CountLanes();
    }

    /// <summary>Moves packets from one final lane to another.</summary>
    public void Divert(int from, int to)
    {
        _finalOf.AsSpan(0, Count).Replace((byte)from, (byte)to);
        _packets[to] = (Touched >> to & 1) == 0 ? _packets[from] : _packets[to] + _packets[from];
        Touched = (Touched & ~(1ul << from)) | (1ul << to);
    }

    private static (ulong Touched, ulong Copied) LookAtNone(Span<byte> finals, in RouteDecision sole)
    {
        finals.Fill((byte)sole.Final);
        return (1ul << sole.Final, 0);
    }

    private static (ulong Touched, ulong Copied) Look(RouteTable table, ReadOnlySpan<Packet> packets, Span<byte> finals, Span<ulong> copies)
    {
        var (touched, copied) = (0ul, 0ul);
        copies = copies[..packets.Length];
        for (var i = 0; i < packets.Length; i++)
        {
            ref readonly var packet = ref packets[i];
            var decision = table.Resolve(packet.Mark, packet.Flags);
            finals[i] = (byte)decision.Final;
            copies[i] = decision.Copies;
            touched |= 1ul << decision.Final;
            copied |= decision.Copies;
        }

        return (touched | copied, copied);
    }

    private void LeaveCopiesOnly(Span<byte> finals)
    {
        finals.Fill(NoLane);
        Touched = Copied;
    }

    private void CountLanes()
    {
        for (var rest = Touched; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            _packets[lane] = CountOf(lane);
        }
    }

    private int CountOf(int lane)
    {
        if ((Copied >> lane & 1) == 0) return _finalOf.AsSpan(0, Count).Count((byte)lane);
        var count = 0;
        foreach (var copies in _copiesOf.AsSpan(0, Count)) count += (int)(copies >> lane & 1);
        return count;
    }

    private ulong CopiesOf(int lane, int start)
    {
        var hand = 0ul;
        var copies = _copiesOf.AsSpan(start, Math.Min(Hand, Count - start));
        for (var i = 0; i < copies.Length; i++) hand |= (copies[i] >> lane & 1) << i;
        return hand;
    }

    /// <summary>Makes room for whole hands. The positions after the last packet belong to no lane.</summary>
    private Span<byte> Room(int packets)
    {
        var rounded = (packets + Hand - 1) / Hand * Hand;
        if (rounded > _finalOf.Length) (_finalOf, _copiesOf) = (new byte[rounded], new ulong[rounded]);
        _finalOf.AsSpan(packets, rounded - packets).Fill(NoLane);
        return _finalOf.AsSpan(0, packets);
    }
}
