using System.Numerics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Ends the ways of packets whose flow a consumer has seen enough of: copies are not made, and packets of final routes go to the normal
/// stack. It changes a stretch after it was looked up, and counts once the stretch has been admitted. For the router's thread alone.
/// </summary>
internal sealed class Releasing
{
    private readonly ReleasedFlows _flows;
    private readonly Lane[] _lanes;
    private readonly ulong[] _bits;
    private readonly PacketTally[] _copies;

    /// <summary>The lanes that end for released flows of their group, a bit each.</summary>
    private readonly ulong _concerned;

    /// <summary>The lane of released packets; -1 where they cannot be left to the stack.</summary>
    private readonly int _stack;

    private Note[] _notes = new Note[LaneSplit.Hand];
    private int _noted;

    public Releasing(ReleasedFlows flows, Lane[] lanes)
    {
        (_flows, _lanes) = (flows, lanes);
        _bits = [.. lanes.Select(lane => lane.ReleaseBit)];
        _copies = new PacketTally[lanes.Length];
        for (var lane = 0; lane < lanes.Length; lane++) _concerned |= _bits[lane] == 0 ? 0 : 1ul << lane;
        _stack = Array.FindIndex(lanes, lane => lane.Route.IsForReleased);
    }

    /// <summary>Whether anything is released that packets here could belong to: one look at memory that hardly ever changes.</summary>
    public bool IsInUse => _concerned != 0 && !_flows.IsEmpty;

    /// <summary>Takes packets of released flows from the lanes that their flow has ended for.</summary>
    public void Divert(LaneSplit split, PageBundle source)
    {
        _noted = 0;
        if (!IsInUse) return;
        var (now, link) = (_flows.Now, source.Interface.LinkType);
        var packets = split.Packets;
        if (_notes.Length < packets.Length) _notes = new Note[packets.Length];
        for (var i = 0; i < packets.Length; i++)
        {
            var ways = split.WaysOf(i) & _concerned;
            if (ways == 0) continue;
            if (_flows.Find(link, source.BytesOf(packets[i]), source.Generation, now) is not { } flow) continue;
            if (EndedBy(flow.Groups, ways) is not (not 0 and var ended)) continue;
            _notes[_noted++] = new Note(flow, i, ended);
            split.End(i, ended, _stack);
        }

        if (_noted > 0) split.Recount();
    }

    /// <summary>Counts what <see cref="Divert"/> did, because the stretch goes on.</summary>
    /// <param name="refused">The lanes that refused their packets, a bit each.</param>
    public void Count(LaneSplit split, ulong refused)
    {
        if (_noted == 0) return;
        var packets = split.Packets;
        foreach (ref var note in _notes.AsSpan(0, _noted)) Count(note, packets[note.Packet].CapturedLength, refused);
        _notes.AsSpan(0, _noted).Clear();
        _noted = 0;
        for (var rest = _concerned; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            if (_copies[lane] is not { Packets: > 0 } copies) continue;
            _lanes[lane].Account.Released(copies.Packets, copies.Bytes);
            _copies[lane] = default;
        }
    }

    private void Count(in Note note, int bytes, ulong refused)
    {
        for (var rest = note.Ended; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            if (_lanes[lane].Route.Copy)
            {
                _copies[lane] = _copies[lane].Plus(1, bytes);
                note.Flow.CountCopy(_bits[lane], bytes);
            }
            else if (_stack < 0)
            {
                note.Flow.CountLate(bytes);
            }
            else if ((refused >> _stack & 1) == 0)
            {
                note.Flow.CountPassed(_bits[lane], bytes);
            }
        }
    }

    private ulong EndedBy(ulong groups, ulong ways)
    {
        var ended = 0ul;
        for (var rest = ways; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            if ((_bits[lane] & groups) != 0) ended |= 1ul << lane;
        }

        return ended;
    }

    /// <param name="Packet">Its place in the stretch.</param>
    /// <param name="Ended">The lanes it does not go along, a bit each.</param>
    private readonly record struct Note(ReleasedFlow Flow, int Packet, ulong Ended);
}
