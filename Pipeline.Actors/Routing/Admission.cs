using System.Numerics;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// The law of the pool, in one place and for all kinds of pages. It asks every lane of a stretch for room, and takes the pages of the lanes
/// that have it. A lane without room follows its policy: it copies its packets away from the page, diverts them to the stack, waits, drops
/// older packets or refuses these. For the router's thread alone.
/// </summary>
/// <param name="lanes">All lanes of the router. The last one that is no copy leads to the stack if a policy diverts packets there.</param>
internal sealed class Admission(Lane[] lanes)
{
    /// <summary>The lanes that refused their packets, a bit each. Those packets are counted as dropped.</summary>
    public ulong Refused { get; private set; }

    /// <summary>The lanes that copy their packets into pages of their own.</summary>
    public ulong Spilled { get; private set; }

    /// <summary>Decides for all lanes of a stretch, and takes all their pages before any lane gets a packet.</summary>
    /// <returns>The share that must have room first, if a lane has to wait; then nothing has been taken or counted.</returns>
    public PageShare? Admit(LaneSplit split, PageBundle source)
    {
        (Refused, Spilled) = (0, 0);
        if (!HaveRoom(split) && Arrange(split, source) is { } blocked) return blocked;
        for (var rest = split.Touched & ~(Refused | Spilled); rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            lanes[lane].Share.Take(split.Page, split.PacketsOf(lane));
        }

        return null;
    }

    /// <summary>Whether every lane has room already, which is the usual case.</summary>
    private bool HaveRoom(LaneSplit split)
    {
        for (var rest = split.Touched; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            if (lanes[lane].IsRelieved || Spills(split, lane) || !HasRoom(split, lane)) return false;
        }

        return true;
    }

    /// <summary>
    /// Makes room. The order matters: a lane that waits must find nothing done yet, because everything is asked again afterwards.
    /// </summary>
    private PageShare? Arrange(LaneSplit split, PageBundle source)
    {
        Divert(split);
        if (FindBlocked(split) is { } blocked) return blocked;
        for (var rest = split.Touched; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            if (Spills(split, lane)) Spilled |= 1ul << lane;
            else if (!MakeRoom(split, lane)) Refuse(split, source, lane);
        }

        return null;
    }

    /// <summary>Diverts packets beyond a route's share to the stack, if its policy allows it.</summary>
    private void Divert(LaneSplit split)
    {
        var stack = lanes.Length - 1;
        for (var rest = split.Touched & ~(1ul << stack); rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            if (lanes[lane].IsRelieved || (IsBeyondShare(split, lane) && !lanes[lane].TryRelieveByDevice())) split.Divert(lane, stack);
        }
    }

    private bool IsBeyondShare(LaneSplit split, int lane) =>
        lanes[lane].Overload == Overload.ToStack && !Spills(split, lane) && !HasRoom(split, lane);

    private PageShare? FindBlocked(LaneSplit split)
    {
        for (var rest = split.Touched; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            if (lanes[lane].Overload == Overload.Wait && !Spills(split, lane) && !HasRoom(split, lane)) return lanes[lane].Share;
        }

        return null;
    }

    private bool MakeRoom(LaneSplit split, int lane)
    {
        while (!HasRoom(split, lane))
        {
            // Each eviction drops one bundle, until there is room or there is nothing left to drop.
            if (lanes[lane].Overload != Overload.DropOld || !lanes[lane].EvictOldest()) return false;
        }

        return true;
    }

    private void Refuse(LaneSplit split, PageBundle source, int lane)
    {
        Refused |= 1ul << lane;
        lanes[lane].Refuse(source.Interface, split.PacketsOf(lane), split.BytesOf(lane));
    }

    private bool HasRoom(LaneSplit split, int lane) => lanes[lane].Share.HasRoomFor(split.Page, split.PacketsOf(lane));

    private bool Spills(LaneSplit split, int lane) =>
        lanes[lane].MaySpill(split.Page, split.PacketsOf(lane)) && split.FitsWithin(lane, Lane.SpillPageBytes);
}
