using System.Numerics;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Where the packets of one stretch go, before anything is done about it: the runs of packets that go the same way, and for each lane
/// how many it gets. For one thread; used again for the next stretch.
/// </summary>
internal sealed class StretchPlan(int lanes)
{
    private readonly LanePlan[] _lanes = new LanePlan[lanes];
    private Placement[] _placements = new Placement[256];
    private int _placed;

    /// <summary>The page the packets lie in; where pages hold one packet, that of the first.</summary>
    public int Page { get; private set; }

    /// <summary>The lanes that get something, a bit each.</summary>
    public ulong Touched { get; private set; }

    /// <summary>In the packets' order; those for the same packets, copies before the final one, follow each other.</summary>
    public ReadOnlySpan<Placement> Placements => _placements.AsSpan(0, _placed);

    public ref LanePlan this[int lane] => ref _lanes[lane];

    /// <summary>Looks up the way of every packet from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public void Look(RouteTable table, PageBundle source, int start, int end)
    {
        for (; Touched != 0; Touched &= Touched - 1) _lanes[BitOperations.TrailingZeroCount(Touched)] = default;
        _placed = 0;
        var packets = source.Packets;
        Page = source.Pool.PageOf(packets[start].Offset);
        if (table.Sole is { } sole)
        {
            Note(start, sole, SumOf(source, start, end));
            return;
        }

        for (int i = start, next; i < end; i = next)
        {
            var (mark, flags) = WayOf(packets[i]);
            var decision = table.Resolve(mark, flags);
            var run = default(LanePlan);
            for (next = i; next < end; next++)
            {
                if ((mark, flags) != WayOf(packets[next]))
                {
                    (mark, flags) = WayOf(packets[next]);
                    if (table.Resolve(mark, flags) != decision) break;
                }

                run.Add(packets[next].CapturedLength);
            }

            Note(i, decision, run);
        }
    }

    /// <summary>Sends along another lane what was to go along this one.</summary>
    public void Divert(int from, int to)
    {
        foreach (ref var placement in _placements.AsSpan(0, _placed))
        {
            if (placement.Lane == from) placement = placement with { Lane = to };
        }

        _lanes[to].Add(_lanes[from]);
        _lanes[from] = default;
        Touched = (Touched & ~(1ul << from)) | (1ul << to);
    }

    /// <summary>Whether each packet of a lane fits into so many bytes with the block around it, where it has one that goes with it.</summary>
    public bool FitsWithBlocks(PageBundle source, int lane, int bytes)
    {
        foreach (var placement in Placements)
        {
            if (placement.Lane != lane) continue;
            foreach (ref readonly var packet in source.Packets.Slice(placement.Start, placement.Count))
            {
                if (packet.Has(PacketFlags.InBlock) && source.BlockOf(packet).Length > bytes) return false;
            }
        }

        return true;
    }

    private static (uint Mark, PacketFlags Flags) WayOf(in Packet packet) => (packet.Mark, packet.Flags & RouteTable.Deciding);

    /// <summary>What a lane gets that gets a whole bundle is known, but for the longest packet, which is asked for small stretches only.</summary>
    private static LanePlan SumOf(PageBundle source, int start, int end)
    {
        if (end - start == source.Count && source.Count > Lane.MostSpilled)
            return new LanePlan { Packets = source.Count, Bytes = source.Bytes, LongestBytes = int.MaxValue };
        var sum = default(LanePlan);
        foreach (ref readonly var packet in source.Packets[start..end]) sum.Add(packet.CapturedLength);
        return sum;
    }

    private void Note(int start, in RouteDecision decision, in LanePlan run)
    {
        for (var copies = decision.Copies; copies != 0; copies &= copies - 1) Note(start, BitOperations.TrailingZeroCount(copies), run);
        Note(start, decision.Final, run);
    }

    private void Note(int start, int lane, in LanePlan run)
    {
        if (_placed == _placements.Length) Array.Resize(ref _placements, _placed * 2);
        _placements[_placed++] = new Placement(start, run.Packets, lane);
        Touched |= 1ul << lane;
        _lanes[lane].Add(run);
    }
}

/// <summary>Packets of a bundle that follow each other and go along one lane.</summary>
internal readonly record struct Placement(int Start, int Count, int Lane);

/// <summary>What one lane gets of one stretch.</summary>
internal struct LanePlan
{
    public int Packets;
    public int LongestBytes;
    public long Bytes;

    /// <summary>The lane copies the packets into pages of its own.</summary>
    public bool Spill;

    /// <summary>The lane has no room; the packets are counted as dropped.</summary>
    public bool Refused;

    public void Add(int bytes)
    {
        Packets++;
        Bytes += bytes;
        LongestBytes = Math.Max(LongestBytes, bytes);
    }

    public void Add(in LanePlan other)
    {
        Packets += other.Packets;
        Bytes += other.Bytes;
        LongestBytes = Math.Max(LongestBytes, other.LongestBytes);
    }
}
