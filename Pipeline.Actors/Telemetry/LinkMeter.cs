using Pipeline.Actors.Links;
using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>Reads the figures of links between nodes. Any thread.</summary>
internal static class LinkMeter
{
    public static LinkOutView Of(PeerCell peer)
    {
        var (sender, instances) = (peer.Sender, peer.Instances);
        return new LinkOutView(peer.Name, peer.State)
        {
            Instances = [.. instances.Where(i => !i.IsGone).Select(i => $"{i.Group} {i.Id}")],
            Sent = sender is null ? default : new PacketTally(sender.Counters.Packets, sender.Counters.Bytes),
            PacketsInFlight = OnWire(peer),
            BytesInFlight = sender?.Counters.BytesInFlight ?? 0,
            Window = sender?.Window ?? 0,
            CreditWaits = sender?.Counters.CreditWaits ?? 0,
            Resent = instances.Sum(i => i.Resent),
        };
    }

    public static LinkInView Of(Guest guest) => new(guest.Name, guest.Receiver.Ending is null)
    {
        Received = new PacketTally(guest.Receiver.Counters.Packets, guest.Receiver.Counters.Bytes),
        SlabWaits = guest.Receiver.Counters.SlabWaits,
        Slabs = (guest.Receiver.Slabs.Outstanding, guest.Receiver.Slabs.PageCount),
    };

    /// <summary>Packets on their way to a node, or waiting for a connection to it.</summary>
    public static long OnWire(PeerCell peer) => (peer.Sender?.PacketsInFlight ?? 0) + peer.Instances.Sum(i => i.WaitingPackets);
}
