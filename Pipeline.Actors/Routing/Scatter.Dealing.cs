using System.Numerics;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>The short way for what most stretches are: pages of one packet, no copies, and room on every lane.</summary>
internal sealed partial class Scatter
{
    private readonly Deal _deal = new();

    /// <summary>Sends the packets up to before <paramref name="end"/> on their ways.</summary>
    /// <returns>False when something about them is out of the ordinary; then nothing has been done.</returns>
    private bool TryDeal(PageBundle source, int end)
    {
        // With one route there is nothing to look up, and the bundle goes on as it is.
        if (_table.Sole is not null || source.Pool is not PacketPagePool pool) return false;
        var packets = source.Packets[_next..end];
        if (!_deal.Look(_table, packets) || !HaveRoom(pool.PageOf(packets[0].Offset))) return false;

        // All shares are taken before the first packet is appended.
        for (var rest = _deal.Touched; rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            _lanes[index].Share.Take(pool.PageOf(packets[0].Offset), _deal.CountOf(index));
        }

        if (BitOperations.IsPow2(_deal.Touched) && packets.Length == source.Count && _lanes[BitOperations.TrailingZeroCount(_deal.Touched)] is var lane && lane.TakesWhole(source))
        {
            lane.Counters.Take(source.Count, source.Bytes);
            _source = null;
            lane.SendWhole(source);
            return true;
        }

        for (var start = 0; start < packets.Length; start += Deal.Hand) HandOut(source, packets[start..], start);
        _next = end;
        return true;
    }

    private bool HaveRoom(int page)
    {
        for (var rest = _deal.Touched; rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            if (!_lanes[index].Share.HasRoomFor(page, _deal.CountOf(index))) return false;
        }

        return true;
    }

    private void HandOut(PageBundle source, ReadOnlySpan<Packet> packets, int start)
    {
        for (var rest = _deal.Touched; rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            _lanes[index].Append(source, packets, _deal.HandOf(index, start));
        }
    }
}
