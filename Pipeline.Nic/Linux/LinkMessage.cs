using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Pipeline.Nic.Linux;

/// <summary>Reads an interface out of a message of rtnetlink: struct ifinfomsg and its attributes.</summary>
internal static class LinkMessage
{
    // Linux, include/uapi/linux/if_link.h: enum of IFLA_..., of IFLA_INFO_... and of IFLA_XDP_...
    private const ushort IFLA_ADDRESS = 1;
    private const ushort IFLA_IFNAME = 3;
    private const ushort IFLA_MTU = 4;
    private const ushort IFLA_LINK = 5;
    private const ushort IFLA_LINKINFO = 18;
    private const ushort IFLA_STATS64 = 23;
    private const ushort IFLA_NUM_TX_QUEUES = 31;
    private const ushort IFLA_NUM_RX_QUEUES = 32;
    private const ushort IFLA_CARRIER = 33;
    private const ushort IFLA_LINK_NETNSID = 37;
    private const ushort IFLA_XDP = 43;
    private const ushort IFLA_INFO_KIND = 1;
    private const ushort IFLA_XDP_ATTACHED = 2;
    private const ushort IFLA_XDP_PROG_ID = 4;

    private const int LinkBytes = 16; // struct ifinfomsg
    private const int HardwareAt = 2;
    private const int IndexAt = 4;
    private const int FlagsAt = 8;

    /// <param name="message">What follows the message's header.</param>
    public static LinkFacts Read(ReadOnlySpan<byte> message)
    {
        var link = new LinkFacts
        {
            Index = MemoryMarshal.Read<int>(message[IndexAt..]),
            Hardware = MemoryMarshal.Read<ushort>(message[HardwareAt..]),
            Flags = MemoryMarshal.Read<uint>(message[FlagsAt..]),
        };
        NetlinkAttributes.ForEach(message[LinkBytes..], (type, value) => link = With(link, type, value));
        return link;
    }

    private static LinkFacts With(LinkFacts link, ushort type, ReadOnlySpan<byte> value) => type switch
    {
        IFLA_IFNAME => link with { Name = Text(value) },
        IFLA_ADDRESS => link with { Address = value.ToArray() },
        IFLA_MTU => link with { Mtu = (int)Number(value) },
        IFLA_LINK => link with { Below = (int)Number(value) },
        IFLA_LINK_NETNSID => link with { BelowNamespace = (int)Number(value) },
        IFLA_NUM_TX_QUEUES => link with { TxQueues = (int)Number(value) },
        IFLA_NUM_RX_QUEUES => link with { RxQueues = (int)Number(value) },
        IFLA_CARRIER => link with { HasCarrier = value is [not 0, ..] },
        IFLA_LINKINFO => link with { Kind = KindOf(value) },
        IFLA_XDP => WithXdp(link, value),
        IFLA_STATS64 => link with { Statistics = Statistics(value) },
        _ => link,
    };

    private static LinkFacts WithXdp(LinkFacts link, ReadOnlySpan<byte> nested)
    {
        NetlinkAttributes.ForEach(nested, (type, value) => link = type switch
        {
            IFLA_XDP_ATTACHED => link with { Xdp = (XdpAttached)(value.IsEmpty ? 0 : value[0]) },
            IFLA_XDP_PROG_ID => link with { XdpProgram = Number(value) },
            _ => link,
        });
        return link;
    }

    private static string? KindOf(ReadOnlySpan<byte> nested)
    {
        string? kind = null;
        NetlinkAttributes.ForEach(nested, (type, value) => kind = type == IFLA_INFO_KIND ? Text(value) : kind);
        return kind;
    }

    /// <summary>Newer kernels send a longer structure, and older ones a shorter one.</summary>
    private static rtnl_link_stats64 Statistics(ReadOnlySpan<byte> value)
    {
        Span<byte> whole = stackalloc byte[Unsafe.SizeOf<rtnl_link_stats64>()];
        whole.Clear();
        value[..Math.Min(value.Length, whole.Length)].CopyTo(whole);
        return MemoryMarshal.Read<rtnl_link_stats64>(whole);
    }

    private static uint Number(ReadOnlySpan<byte> value) => value.Length >= sizeof(uint) ? MemoryMarshal.Read<uint>(value) : 0;

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
