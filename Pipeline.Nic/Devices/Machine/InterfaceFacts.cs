namespace Pipeline.Nic.Devices.Machine;

/// <summary>Everything about an interface that decides whether and how it can be read.</summary>
public sealed record InterfaceFacts
{
    /// <summary>The interface itself.</summary>
    public required MachineInterface Interface { get; init; }

    /// <summary>Whether its link has a carrier.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>The kind of a virtual interface, such as <c>veth</c>; null for hardware and for loopback.</summary>
    public string? Kind { get; init; }

    /// <summary>The driver as ethtool shows it; null where the interface says nothing.</summary>
    public string? Driver { get; init; }

    /// <summary>Channels in use that receive, which are its queues, and those that send; null where it has no such setting.</summary>
    public (int Receiving, int Sending)? Channels { get; init; }

    /// <summary>The most channels that receive; 0 where it has no such setting.</summary>
    public int MostReceiving { get; init; }

    /// <summary>Whether a feature is on, by the kernel's name for it (net/ethtool/common.c).</summary>
    public IReadOnlyDictionary<string, bool> Features { get; init; } = new Dictionary<string, bool>();

    /// <summary>
    /// Whether the process can open the node <c>/dev/tapN</c> of a macvtap; null where that is not there or is another interface's, and for
    /// all that is no macvtap.
    /// </summary>
    public bool? CanOpenNode { get; init; }

    /// <summary>Where a program is attached already, in a word; null where none is.</summary>
    public string? XdpAttached { get; init; }

    /// <summary>The kernel's id of that program; 0 for none.</summary>
    public uint XdpProgram { get; init; }

    /// <summary>The process whose link holds that program; null where there is none, or none that is seen.</summary>
    public ProgramHolder? XdpHolder { get; init; }

    /// <summary>What the driver can do with XDP; null on kernels before 6.3, which do not tell.</summary>
    public DriverXdp? DriverXdp { get; init; }

    /// <summary>The other end of a veth pair, if it lies in this network namespace.</summary>
    public PeerFacts? Peer { get; init; }

    /// <summary>Whether it has another end, which lies in another network namespace and cannot be asked from here.</summary>
    public bool HasPeerElsewhere { get; init; }

    /// <summary>
    /// The AF_XDP sockets that are bound to its queues. Where the kernel does not tell queues, all processes that have such sockets, on
    /// whatever interface.
    /// </summary>
    public IReadOnlyList<QueueHolder> Holders { get; init; } = [];

    /// <summary>Queues that packets come in on.</summary>
    public int Queues => Channels?.Receiving is > 0 and var receiving ? receiving : Interface.ReceiveQueues;
}

/// <summary>What a driver can do with XDP now (NETDEV_XDP_ACT_..., Linux, include/uapi/linux/netdev.h).</summary>
/// <param name="RunsPrograms">Whether it runs programs that pass, drop and redirect: native mode.</param>
/// <param name="TakesParts">Whether packets may be larger than a page, in several parts.</param>
/// <param name="HasZeroCopy">Whether it writes into the memory of a socket by itself.</param>
public sealed record DriverXdp(bool RunsPrograms, bool TakesParts, bool HasZeroCopy);

/// <summary>The other end of a veth pair.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mtu">Bytes of the largest packet that it sends, without the link's header.</param>
/// <param name="TransmitQueues">Queues that it sends on.</param>
/// <param name="Features">Whether a feature is on, by the kernel's name for it.</param>
public sealed record PeerFacts(string Name, int Mtu, int TransmitQueues, IReadOnlyDictionary<string, bool> Features);

/// <summary>A process with a socket that is bound to a queue.</summary>
/// <param name="Queue">0-based; null where the kernel does not tell which, nor of which interface (CONFIG_XDP_SOCKETS_DIAG).</param>
/// <param name="Process">Its number; null where it cannot be seen.</param>
/// <param name="Command">Its name; null where it cannot be seen.</param>
public sealed record QueueHolder(int? Queue, int? Process, string? Command);

/// <summary>A process with the link by which a program is attached to an interface. The program goes when the process ends.</summary>
/// <param name="Process">Its number.</param>
/// <param name="Command">Its name.</param>
public sealed record ProgramHolder(int Process, string Command);
