using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Devices.Tap;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>
/// Asks the kernel about interfaces of the network namespace of the calling thread, by rtnetlink, generic netlink, sock_diag and ethtool.
/// Nothing is opened or changed, and no rights are needed. One thread at a time; whoever made it disposes it.
/// </summary>
public sealed class InterfaceFactsReader : IDisposable
{
    private const string Veth = "veth";

    private readonly RtNetlink _links = RtNetlink.Open();
    private readonly SafeFileHandle _socket =
        SysSocket.Create(SysSocket.AF_NETLINK, SysSocket.SOCK_RAW, SysSocket.NETLINK_ROUTE, "ethtool");

    private readonly IReadOnlyList<XdpDiagnosis.Bound>? _bound = XdpDiagnosis.Sockets();
    private IReadOnlyList<QueueHolder>? _someHolders;

    /// <summary>Reads the facts about an interface.</summary>
    /// <returns>Null for an interface that has gone.</returns>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public InterfaceFacts? Read(MachineInterface nic)
    {
        if (_links.Find(nic.Name) is not { } link) return null;
        var channels = EthtoolChannels.Of(_socket, nic.Name);
        return new InterfaceFacts
        {
            Interface = nic,
            HasCarrier = link.HasCarrier,
            Kind = link.Kind,
            Driver = Ethtool.DriverOf(_socket, nic.Name)?.Name ?? nic.Driver,
            Channels = channels is { } c ? (c.Receiving, c.Sending) : null,
            MostReceiving = channels?.MostReceiving ?? 0,
            Features = Ethtool.FeaturesOf(_socket, nic.Name),
            CanOpenNode = link.Kind == MacvtapNode.Kind ? MacvtapNode.CanOpen(link) : null,
            XdpAttached = link.Xdp == Linux.XdpAttached.None ? null : link.Xdp.ToString().ToLowerInvariant(),
            XdpProgram = link.XdpProgram,
            XdpHolder = HolderOf(link.XdpProgram),
            DriverXdp = DriverXdpOf(link.Index),
            Peer = PeerOf(link),
            HasPeerElsewhere = link is { Kind: Veth, BelowNamespace: not null },
            Holders = HoldersOf(link.Index),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _links.Dispose();
        _socket.Dispose();
    }

    private PeerFacts? PeerOf(LinkFacts link)
    {
        if (link is not { Kind: Veth, BelowNamespace: null } || _links.Find(link.Below) is not { } peer) return null;
        var sending = EthtoolChannels.Of(_socket, peer.Name)?.Sending ?? peer.TxQueues;
        return new PeerFacts(peer.Name, peer.Mtu, sending, Ethtool.FeaturesOf(_socket, peer.Name));
    }

    private static DriverXdp? DriverXdpOf(int index)
    {
        const ulong Runs = NetdevFamily.NETDEV_XDP_ACT_BASIC | NetdevFamily.NETDEV_XDP_ACT_REDIRECT;
        return NetdevFamily.XdpFeaturesOf(index) is { } features
            ? new DriverXdp(
                (features & Runs) == Runs,
                (features & NetdevFamily.NETDEV_XDP_ACT_RX_SG) != 0,
                (features & NetdevFamily.NETDEV_XDP_ACT_XSK_ZEROCOPY) != 0)
            : null;
    }

    private IReadOnlyList<QueueHolder> HoldersOf(int index) => _bound is null
        ? _someHolders ??= [.. ProcessFiles.MappersOf(XdpDiagnosis.FillRingOffset).Select(p => new QueueHolder(null, p.Process, p.Command))]
        : [.. _bound.Where(b => b.Interface == index).OrderBy(b => b.Queue).Select(HolderOf)];

    private static ProgramHolder? HolderOf(uint program) =>
        program != 0 && ProcessFiles.AttacherOf(program) is { } holder ? new ProgramHolder(holder.Process, holder.Command) : null;

    private static QueueHolder HolderOf(XdpDiagnosis.Bound bound)
    {
        var holder = ProcessFiles.HolderOf($"socket:[{bound.Inode}]");
        return new QueueHolder(bound.Queue, holder?.Process, holder?.Command);
    }
}
