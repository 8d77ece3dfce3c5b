using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Doctor;

/// <summary>Judges an interface: whether it can be read, how, and by how many queues. It looks nothing up.</summary>
internal static class InterfaceJudge
{
    /// <summary>The kind of interfaces whose other end is a device of their own, <c>/dev/tapN</c>.</summary>
    public const string Macvtap = "macvtap";

    private const string Ethernet = "ethernet";
    private const string Loopback = "loopback";
    private const string MakeTap = "ip tuntap add dev NAME mode tap multi_queue";

    /// <summary>Kinds of links whose packets are read.</summary>
    private static readonly string[] Read = [Ethernet, Loopback, "none"];

    /// <param name="kernel">The kernel's release.</param>
    /// <param name="queues">The queues that are to be opened; null for all there are.</param>
    public static IEnumerable<Finding> Of(InterfaceFacts nic, string kernel, int? queues)
    {
        yield return Link(nic);
        if (Kind(nic) is { } kind) yield return kind;
        yield return Mode(nic);
        if (nic.XdpAttached is not null) yield return Program(nic);
        yield return Queues(nic, queues);
        foreach (var holder in nic.Holders) yield return Held(nic, holder);
        yield return Mtu(nic, kernel);
        foreach (var finding in OffloadJudge.Of(nic)) yield return finding;
        if (nic.HasPeerElsewhere) yield return Elsewhere(nic);
    }

    /// <summary>Whether the driver runs programs, as far as that can be known before one is attached.</summary>
    public static bool? IsNative(InterfaceFacts nic) => nic.DriverXdp?.RunsPrograms;

    private static Finding Link(InterfaceFacts nic)
    {
        var name = nic.Interface.Name;
        return !nic.Interface.IsUp ? Finding.Wrong(name, "link", "down: nothing comes in", $"ip link set {name} up", Finding.Both)
            : !nic.HasCarrier ? Finding.Wrong(name, "link", "up, but without a carrier: nothing comes in", Carrier(nic), Finding.Both)
            : Finding.Ok(name, "link", $"up, {nic.Interface.Hardware}{(nic.Driver is { } driver ? $", driver {Quoted.Short(driver)}" : "")}", Finding.Both);
    }

    private static string Carrier(InterfaceFacts nic) =>
        nic.Peer is { } peer ? $"ip link set {peer.Name} up" : nic.HasPeerElsewhere ? "bring the other end up, in its network namespace" : "connect the cable, and bring the other end up";

    private static Finding? Kind(InterfaceFacts nic)
    {
        var (name, hardware) = (nic.Interface.Name, nic.Interface.Hardware);
        if (hardware == Loopback)
            return Finding.Wrong(name, "link type", "the loopback: programs of this machine would miss what is taken", $"copy it: -i {name}:{Backends.NameThatCopies}", Finding.Taking);
        return Read.Contains(hardware) ? null : Finding.Wrong(name, "link type", $"{hardware}: its packets begin with a header that is not read", null, Finding.Both);
    }

    /// <summary>
    /// Whether it has one. The kind tells a macvtap from a macvlan, whose driver it shares (Linux, drivers/net/macvtap.c). A TUN is of the
    /// kind of a TAP, and its packets have no Ethernet header.
    /// </summary>
    public static Finding OtherEnd(InterfaceFacts nic)
    {
        var name = nic.Interface.Name;
        return nic.Kind switch
        {
            Macvtap => Node(nic),
            "tun" when nic.Interface.Hardware == Ethernet => Finding.Ok(name, "other end", "that of a TAP", Finding.AtOtherEnd),
            "tun" => Finding.Wrong(name, "other end", "it is a TUN, without Ethernet headers", MakeTap, Finding.AtOtherEnd),
            _ => Finding.Wrong(name, "other end", "it is no TAP and no macvtap", MakeTap, Finding.AtOtherEnd),
        };
    }

    private static Finding Node(InterfaceFacts nic)
    {
        var (name, node) = (nic.Interface.Name, $"/dev/tap{nic.Interface.Index}");
        return nic.CanOpenNode switch
        {
            true => Finding.Ok(name, "other end", "that of a macvtap", Finding.AtOtherEnd),
            false => Finding.Wrong(name, "other end", $"that of a macvtap, whose {node} is another user's", $"sudo chown \"$USER\" {node}, or root", Finding.AtOtherEnd),
            null => Finding.Note(name, "other end", $"that of a macvtap, whose node is not {node}: one is made for a moment, which needs CAP_MKNOD", null, Finding.AtOtherEnd),
        };
    }

    private static Finding Mode(InterfaceFacts nic)
    {
        var name = nic.Interface.Name;
        if (nic.Peer is { } peer && peer.TransmitQueues > nic.Queues)
        {
            return Finding.Note(
                name, "mode", $"generic: the driver refuses programs while {peer.Name} sends on {peer.TransmitQueues} queues and {name} receives on {nic.Queues}",
                $"ethtool -L {peer.Name} tx {nic.Queues}, or ethtool -L {name} rx {peer.TransmitQueues}", Finding.Taking);
        }

        return nic.DriverXdp switch
        {
            null => Finding.Note(name, "mode", "kernels before 6.3 do not tell what a driver can do; it is found out when a program is attached", null, Finding.Taking),
            { RunsPrograms: false } => Finding.Note(name, "mode", "generic: the driver runs no programs, so every packet costs its buffer first", null, Finding.Taking),
            { TakesParts: false } => Finding.Note(name, "mode", "native, but without packets larger than a page", null, Finding.Taking),
            { HasZeroCopy: true } => Finding.Ok(name, "mode", "native; the driver says that it has zero copy too", Finding.Taking),
            _ => Finding.Ok(name, "mode", "native", Finding.Taking),
        };
    }

    private static Finding Program(InterfaceFacts nic)
    {
        var (name, id) = (nic.Interface.Name, nic.XdpProgram);
        if (nic.XdpHolder is { } holder)
        {
            return Finding.Wrong(
                name, "xdp program", $"program {id} is attached ({nic.XdpAttached}) by {Quoted.Short(holder.Command)} (process {holder.Process}), and an interface has one",
                $"end it: kill {holder.Process}", Finding.Taking);
        }

        return Finding.Wrong(
            name, "xdp program", $"program {id} is attached ({nic.XdpAttached}), and an interface has one",
            $"see whose it is: bpftool prog show id {id}, bpftool link; end the process that holds its link, or without a link: ip link set dev {name} xdp off", Finding.Taking);
    }

    private static Finding Queues(InterfaceFacts nic, int? wanted)
    {
        var (name, there) = (nic.Interface.Name, nic.Queues);
        if (wanted > there)
        {
            var more = nic.MostReceiving >= wanted ? $"ethtool -L {name} {(nic.Channels is { } c && c.Receiving == c.Sending ? "combined" : "rx")} {wanted}, or ask for {there}" : $"ask for {there}, or for none to have all";
            return Finding.Wrong(name, "queues", $"{Counted(there)}, and {wanted} are asked for", more, Finding.Taking);
        }

        return nic.Channels is { } channels && channels.Sending > channels.Receiving
            ? Finding.Note(name, "queues", $"{Counted(there)}; the kernel lets a socket have the numbers up to {channels.Sending - 1}, on which nothing comes in", null, Finding.Taking)
            : Finding.Ok(name, "queues", Counted(there), Finding.Both);
    }

    private static string Counted(int queues) => queues == 1 ? "1 receive queue" : $"{queues} receive queues";

    private static Finding Held(InterfaceFacts nic, QueueHolder holder)
    {
        var (name, who) = (nic.Interface.Name, holder.Process is { } process ? $"{Quoted.Short(holder.Command)} (process {process})" : "a process that is not seen from here");
        var fix = holder.Process is { } id ? $"end it: kill {id}" : "look as root: ss --xdp -a -p";
        return holder.Queue is { } queue
            ? Finding.Wrong(name, "queues", $"queue {queue} is held by {who}", fix, Finding.Taking)
            : Finding.Note(name, "queues", $"{who} has AF_XDP sockets; this kernel does not tell on which queues (CONFIG_XDP_SOCKETS_DIAG)", fix, Finding.Taking);
    }

    /// <summary>What counts for programs in the driver of a veth is what its peer may send.</summary>
    private static Finding Mtu(InterfaceFacts nic, string kernel)
    {
        var name = nic.Interface.Name;
        if (nic.Peer is not { } peer) return Finding.Ok(name, "mtu", $"{nic.Interface.Mtu}", Finding.Both);
        var says = $"{nic.Interface.Mtu}; {peer.Name} sends up to {peer.Mtu}";
        return peer.Mtu <= VethLimits.MostWithoutParts ? Finding.Ok(name, "mtu", says, Finding.Both)
            : MachineJudge.VersionOf(kernel) >= VethLimits.Parts ? Finding.Ok(name, "mtu", $"{says}; packets above {VethLimits.MostWithoutParts} come in parts", Finding.Both)
            : Finding.Note(name, "mtu", $"{says}, and this kernel runs programs in the driver up to {VethLimits.MostWithoutParts}", $"ip link set {peer.Name} mtu {VethLimits.MostWithoutParts}", Finding.Taking);
    }

    private static Finding Elsewhere(InterfaceFacts nic) => Finding.Note(
        nic.Interface.Name, "peer", "lies in another network namespace and is not seen: its MTU, its queues and its offloads matter",
        $"there, for its end: pipeline doctor -i PEER; ethtool -K PEER {OffloadJudge.AsOnTheWire}", Finding.Both);
}
