using Pipeline.Nic.Devices.Machine;

namespace Pipeline.Host.Doctor;

/// <summary>
/// Judges offloads, which change what is seen. Names of features: Linux, net/ethtool/common.c. Commands have those of ethtool(8).
/// </summary>
internal static class OffloadJudge
{
    /// <summary>For <c>ethtool -K</c>: what a sender has to leave off so that packets are seen as on a wire.</summary>
    public const string AsOnTheWire = "tx off tso off gso off txvlan off";

    private const string Veth = "veth";

    public static IEnumerable<Finding> Of(InterfaceFacts nic)
    {
        var found = nic.Kind == Veth ? OfVeth(nic) : OfHardware(nic);
        var all = found.ToList();
        return all.Count > 0 || nic.Features.Count == 0 ? all : [Finding.Ok(nic.Interface.Name, "offloads", "packets are seen as they are on the wire", Finding.Both)];
    }

    private static IEnumerable<Finding> OfHardware(InterfaceFacts nic)
    {
        var name = nic.Interface.Name;
        if (IsOn(nic.Features, "rx-vlan-hw-parse"))
            yield return Finding.Note(name, "rxvlan", "on: VLAN tags are taken out before a program sees the packet (copies get them back)", $"ethtool -K {name} rxvlan off", Finding.Taking);
        if (IsOn(nic.Features, "rx-lro"))
            yield return Finding.Note(name, "lro", "on: packets are merged, and most drivers then run no programs", $"ethtool -K {name} lro off", Finding.Both);
        if (IsOn(nic.Features, "rx-gro-hw"))
            yield return Finding.Note(name, "rx-gro-hw", "on: packets are merged by the hardware", $"ethtool -K {name} rx-gro-hw off", Finding.Both);
        if (IsOn(nic.Features, "rx-gro"))
            yield return Finding.Note(name, "gro", "on: copies are of packets that were merged, longer than on the wire (programs in the driver see them single)", $"ethtool -K {name} gro off", Finding.Copying);
    }

    private static IEnumerable<Finding> OfVeth(InterfaceFacts nic)
    {
        var name = nic.Interface.Name;
        if (InterfaceJudge.IsNative(nic) == true && !IsOn(nic.Features, "rx-gro"))
            yield return Finding.Note(name, "gro", "off: beside a program in the driver, TCP of the normal stack is faster with it", $"ethtool -K {name} gro on", Finding.Taking);
        if (nic.Peer is not { } peer) yield break;
        if (IsOn(peer.Features, "tx-vlan-hw-insert"))
            yield return Finding.Note(name, "txvlan", $"on at {peer.Name}: a program never sees VLAN tags that {peer.Name} adds (copies get them back)", $"ethtool -K {peer.Name} txvlan off", Finding.Taking);
        if (IsOn(peer.Features, "tx-tcp-segmentation") || IsOn(peer.Features, "tx-generic-segmentation"))
            yield return Finding.Note(name, "gso", $"on at {peer.Name}: packets of up to 64 KiB are seen that would be many on a wire (not in native mode)", $"ethtool -K {peer.Name} tso off gso off", Finding.Both);
        if (IsOn(peer.Features, "tx-checksum-ip-generic"))
            yield return Finding.Note(name, "checksums", $"left to the hardware at {peer.Name}, which has none: what comes in has checksums that are not finished", $"ethtool -K {peer.Name} tx off", Finding.Both);
    }

    private static bool IsOn(IReadOnlyDictionary<string, bool> features, string name) => features.GetValueOrDefault(name);
}
