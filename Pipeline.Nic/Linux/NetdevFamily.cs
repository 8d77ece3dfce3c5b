using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>linux/netdev.h: what an interface can do with XDP, which Linux 6.3 and later tell over generic netlink.</summary>
internal static class NetdevFamily
{
    // Linux, include/uapi/linux/netdev.h: enum netdev_xdp_act
    public const ulong NETDEV_XDP_ACT_BASIC = 1;
    public const ulong NETDEV_XDP_ACT_REDIRECT = 2;
    public const ulong NETDEV_XDP_ACT_XSK_ZEROCOPY = 8;
    public const ulong NETDEV_XDP_ACT_RX_SG = 32;

    // Linux, include/uapi/linux/netlink.h, genetlink.h and netdev.h
    private const int NETLINK_GENERIC = 16;
    private const ushort GENL_ID_CTRL = 0x10;
    private const byte CTRL_CMD_GETFAMILY = 3;
    private const ushort CTRL_ATTR_FAMILY_ID = 1;
    private const ushort CTRL_ATTR_FAMILY_NAME = 2;
    private const byte NETDEV_CMD_DEV_GET = 1;
    private const ushort NETDEV_A_DEV_IFINDEX = 1;
    private const ushort NETDEV_A_DEV_XDP_FEATURES = 3;
    private const int GenericBytes = 4; // struct genlmsghdr
    private const int ValueAt = GenericBytes + NetlinkAttributes.HeaderBytes;

    /// <summary>The kernel's bits for what the interface's driver can do now; null where this kernel does not tell.</summary>
    public static ulong? XdpFeaturesOf(int interfaceIndex)
    {
        using var socket = NetlinkSocket.Open(NETLINK_GENERIC);
        if (FamilyId(socket) is not { } family) return null;
        Span<byte> question = stackalloc byte[ValueAt + sizeof(int)];
        Write(question, NETDEV_CMD_DEV_GET, NETDEV_A_DEV_IFINDEX, sizeof(int));
        MemoryMarshal.Write(question[ValueAt..], interfaceIndex);
        ulong? features = null;
        Ask(socket, family, question, (type, value) =>
        {
            if (type == NETDEV_A_DEV_XDP_FEATURES && value.Length >= sizeof(ulong)) features = MemoryMarshal.Read<ulong>(value);
        });
        return features;
    }

    private static ushort? FamilyId(NetlinkSocket socket)
    {
        var name = "netdev\0"u8;
        Span<byte> question = stackalloc byte[ValueAt + NetlinkAttributes.Aligned(name.Length)];
        Write(question, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, name.Length);
        name.CopyTo(question[ValueAt..]);
        ushort? id = null;
        Ask(socket, GENL_ID_CTRL, question, (type, value) =>
        {
            if (type == CTRL_ATTR_FAMILY_ID && value.Length >= sizeof(ushort)) id = MemoryMarshal.Read<ushort>(value);
        });
        return id;
    }

    private static void Ask(NetlinkSocket socket, ushort family, ReadOnlySpan<byte> question, NetlinkAttributes.AttributeReader take) =>
        socket.Ask(family, 0, question, "netdev", message => NetlinkAttributes.ForEach(message[GenericBytes..], take));

    /// <summary>The header of a command, and that of its one attribute.</summary>
    private static void Write(Span<byte> question, byte command, ushort attribute, int valueBytes)
    {
        question.Clear();
        question[0] = command;
        question[1] = 1; // the version of either family
        NetlinkAttributes.WriteHeader(question[GenericBytes..], attribute, valueBytes);
    }
}
