using System.Numerics;
using Pipeline.Actors.Captures;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>Shows captures what becomes of packets, once that is decided and while their bytes are still here.</summary>
internal sealed partial class Scatter
{
    /// <summary>The captures that want to see this router's packets.</summary>
    public CapturePorts Captures { get; } = new();

    /// <summary>Shows the packets of a stretch, for all of whose lanes it has been decided whether they take them.</summary>
    private void Show(PacketPort[] ports, PageBundle source)
    {
        foreach (var port in ports)
        {
            switch (port.At.Place)
            {
                case CapturePlace.Route: ShowTaken(port, source); break;
                case CapturePlace.Dropped: ShowRefused(port, source); break;
                default: ShowAll(port, source); break;
            }
        }
    }

    private void ShowAll(PacketPort port, PageBundle source)
    {
        var packets = _split.Packets;
        for (var i = 0; i < packets.Length; i++)
        {
            var lane = _split.FinalOf(i);
            DropReason? reason = lane >= 0 && (_admission.Refused >> lane & 1) != 0 ? DropReason.ShareExceeded : null;
            port.Show(source, packets[i], lane < 0 ? null : _lanes[lane].Route.To, reason);
        }
    }

    private void ShowTaken(PacketPort port, PageBundle source)
    {
        for (var rest = _split.Touched & ~_admission.Refused; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            if (_lanes[lane].Route.To == port.At.Name) Show(port, source, lane, reason: null);
        }
    }

    private void ShowRefused(PacketPort port, PageBundle source)
    {
        for (var rest = _admission.Refused; rest != 0; rest &= rest - 1)
            Show(port, source, BitOperations.TrailingZeroCount(rest), DropReason.ShareExceeded);
    }

    private void Show(PacketPort port, PageBundle source, int lane, DropReason? reason)
    {
        var packets = _split.Packets;
        var route = _lanes[lane].Route;
        for (var start = 0; start < packets.Length; start += LaneSplit.Hand)
        {
            for (var chosen = _split.HandOf(lane, start); chosen != 0; chosen &= chosen - 1)
                port.Show(source, packets[start + BitOperations.TrailingZeroCount(chosen)], route.To, reason, route.Copy);
        }
    }

    /// <summary>Shows packets that no lane has been asked for, and which are dropped.</summary>
    private void ShowDropped(PacketPort[] ports, PageBundle source, ReadOnlySpan<Packet> packets, DropReason reason)
    {
        foreach (var port in ports)
        {
            if (port.At.Place == CapturePlace.Route) continue;
            foreach (ref readonly var packet in packets)
            {
                var decision = _table.Resolve(packet.Mark, packet.Flags);
                port.Show(source, packet, _isOfCopies ? null : _lanes[decision.Final].Route.To, reason);
            }
        }
    }
}
