using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>linux/if.h and linux/sockios.h: the kernel's facts about an interface, in the network namespace of a socket.</summary>
internal static unsafe partial class NetDevice
{
    // Linux, include/uapi/linux/if.h, sockios.h and if_arp.h
    public const ushort ARPHRD_ETHER = 1;
    public const ushort ARPHRD_LOOPBACK = 772;
    public const ushort ARPHRD_NONE = 0xfffe;
    private const int IFNAMSIZ = 16;
    private const short IFF_UP = 1;
    private const uint SIOCGIFFLAGS = 0x8913;
    private const uint SIOCSIFFLAGS = 0x8914;
    private const uint SIOCGIFMTU = 0x8921;
    private const uint SIOCGIFHWADDR = 0x8927;
    private const uint SIOCGIFINDEX = 0x8933;
    private const uint SIOCETHTOOL = 0x8946;

    /// <summary>The longest name, in bytes.</summary>
    public const int LongestName = IFNAMSIZ - 1;

    /// <summary>
    /// The most queues of an interface that are opened. A fanout group takes no more sockets (net/packet/af_packet.c, PACKET_FANOUT_MAX),
    /// and a TAP has no more queues (drivers/net/tun.c, MAX_TAP_QUEUES).
    /// </summary>
    public const int MostQueues = 256;

    /// <summary>The kernel's number for an interface; null where no interface has that name.</summary>
    public static int? IndexOf(SafeFileHandle socket, string name) => Ask(socket, SIOCGIFINDEX, name)?.index;

    /// <summary>Whether it has been brought up; null where no interface has that name.</summary>
    public static bool? IsUp(SafeFileHandle socket, string name) =>
        Ask(socket, SIOCGIFFLAGS, name) is { } answer ? (answer.flags & IFF_UP) != 0 : null;

    /// <summary>Brings an interface up. It needs the capability CAP_NET_ADMIN.</summary>
    /// <returns>Whether it is up now.</returns>
    public static bool TryBringUp(SafeFileHandle socket, string name)
    {
        if (Ask(socket, SIOCGIFFLAGS, name) is not { } request) return false;
        request.flags |= IFF_UP;
        return ioctl(socket, SIOCSIFFLAGS, &request) == 0;
    }

    /// <summary>The largest packet it sends, in bytes without the link's header; null where no interface has that name.</summary>
    public static int? MtuOf(SafeFileHandle socket, string name) => Ask(socket, SIOCGIFMTU, name)?.index;

    /// <summary>The kind of link (ARPHRD_...); null where no interface has that name.</summary>
    public static ushort? HardwareOf(SafeFileHandle socket, string name) => Ask(socket, SIOCGIFHWADDR, name)?.family;

    /// <summary>Asks an interface's driver (linux/ethtool.h).</summary>
    /// <param name="question">A structure that begins with the command, and that gets the answer.</param>
    /// <returns>False where there is no such interface, or its driver does not answer this.</returns>
    public static bool AskDriver(SafeFileHandle socket, string name, void* question)
    {
        var request = new ifreq_t { data = question };
        return TryWriteName(name, ref request) && ioctl(socket, SIOCETHTOOL, &request) == 0;
    }

    private static ifreq_t? Ask(SafeFileHandle socket, uint question, string name)
    {
        ifreq_t request = default;
        return TryWriteName(name, ref request) && ioctl(socket, question, &request) == 0 ? request : null;
    }

    private static bool TryWriteName(string name, ref ifreq_t request)
    {
        if (Encoding.UTF8.GetByteCount(name) > LongestName) return false;
        fixed (byte* to = request.name) Encoding.UTF8.GetBytes(name, new Span<byte>(to, IFNAMSIZ));
        return true;
    }

    /// <summary>struct ifreq, with the members of its union that are used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct ifreq_t
    {
        [FieldOffset(0)]
        public fixed byte name[IFNAMSIZ];

        [FieldOffset(IFNAMSIZ)]
        public short flags;

        [FieldOffset(IFNAMSIZ)]
        public int index;

        [FieldOffset(IFNAMSIZ)]
        public void* data;

        [FieldOffset(IFNAMSIZ)]
        public ushort family;
    }

    // int ioctl(int fd, unsigned long request, ...);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle fd, nuint request, void* argument);
}
