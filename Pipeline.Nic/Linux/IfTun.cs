using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>linux/if_tun.h: the descriptor that is the other end of a TAP, or of a macvtap, which takes the same requests.</summary>
internal static unsafe partial class IfTun
{
    /// <summary>Where descriptors of TAPs come from.</summary>
    public const string Path = "/dev/net/tun";

    // Linux, include/uapi/linux/if_tun.h
    public const short IFF_TAP = 0x0002;
    public const short IFF_MULTI_QUEUE = 0x0100;
    public const short IFF_NO_PI = 0x1000;
    public const short IFF_VNET_HDR = 0x4000;
    public const uint TUN_F_CSUM = 0x01;
    public const uint TUN_F_TSO4 = 0x02;
    public const uint TUN_F_TSO6 = 0x04;
    private const short IFF_DETACH_QUEUE = 0x0400;
    private const uint TUNSETIFF = 0x400454ca;
    private const uint TUNSETOFFLOAD = 0x400454d0;
    private const uint TUNGETIFF = 0x800454d2;
    private const uint TUNGETVNETHDRSZ = 0x800454d7;
    private const uint TUNSETVNETHDRSZ = 0x400454d8;
    private const uint TUNSETQUEUE = 0x400454d9;

    /// <summary>Makes a descriptor the other end of an interface, or a further queue of it.</summary>
    /// <param name="name">The interface's. Where there is none of that name, a TAP is made. Not used of a macvtap's descriptor.</param>
    /// <param name="flags">IFF_TAP and what goes with it.</param>
    public static Errno Attach(SafeFileHandle end, string name, short flags)
    {
        var request = new NetDevice.ifreq_t { flags = flags };
        Encoding.UTF8.GetBytes(name, new Span<byte>(request.name, NetDevice.LongestName));
        return Ask(end, TUNSETIFF, &request);
    }

    /// <summary>The interface that a descriptor is the other end of.</summary>
    /// <param name="error">EBADFD or ENOLINK where the interface is gone.</param>
    /// <returns>The name that the interface has now, and the flags it was attached with; null after an error.</returns>
    public static (string Name, short Flags)? Attached(SafeFileHandle end, out Errno error)
    {
        NetDevice.ifreq_t request = default;
        error = Ask(end, TUNGETIFF, &request);
        if (error != Errno.None) return null;
        var name = new ReadOnlySpan<byte>(request.name, NetDevice.LongestName);
        var length = name.IndexOf((byte)0);
        return (Encoding.UTF8.GetString(length < 0 ? name : name[..length]), request.flags);
    }

    /// <summary>Whether a descriptor is still the other end of an interface.</summary>
    public static bool IsAttached(SafeFileHandle end)
    {
        NetDevice.ifreq_t request = default;
        return Ask(end, TUNGETIFF, &request) == Errno.None;
    }

    /// <summary>Bytes of the header in front of each packet; 10 unless somebody set another number.</summary>
    public static int HeaderBytes(SafeFileHandle end)
    {
        var bytes = 0;
        return Ask(end, TUNGETVNETHDRSZ, &bytes) == Errno.None ? bytes : sizeof(virtio_net_hdr);
    }

    public static Errno SetHeaderBytes(SafeFileHandle end, int bytes) => Ask(end, TUNSETVNETHDRSZ, &bytes);

    /// <summary>Says what whoever reads the descriptor does itself (TUN_F_...), so that the kernel leaves it undone.</summary>
    public static Errno SetOffloads(SafeFileHandle end, uint offloads)
    {
        nuint argument = offloads;
        return Ask(end, TUNSETOFFLOAD, (void*)argument);
    }

    /// <summary>Takes a queue out of those that the kernel sends to. Its descriptor can still be written to.</summary>
    public static Errno DetachQueue(SafeFileHandle end)
    {
        var request = new NetDevice.ifreq_t { flags = IFF_DETACH_QUEUE };
        return Ask(end, TUNSETQUEUE, &request);
    }

    private static Errno Ask(SafeFileHandle end, uint request, void* argument) =>
        ioctl(end, request, argument) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    /// <summary>struct virtio_net_hdr, linux/virtio_net.h. With 12 bytes a count follows that means nothing here.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct virtio_net_hdr
    {
        /// <summary>The checksum is not computed; the next but two members say where it goes.</summary>
        public const byte VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;

        public byte flags;
        public byte gso_type;
        public ushort hdr_len;
        public ushort gso_size;
        public ushort csum_start;
        public ushort csum_offset;
    }

    // int ioctl(int fd, unsigned long request, ...);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle fd, nuint request, void* argument);
}
