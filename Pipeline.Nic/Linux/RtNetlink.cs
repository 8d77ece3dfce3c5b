using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>
/// linux/rtnetlink.h: questions about interfaces, in the network namespace of the thread that opened it. One thread at a time; whoever
/// opened it disposes it.
/// </summary>
internal sealed class RtNetlink : IDisposable
{
    public const uint IFF_UP = 1;

    // Linux, include/uapi/linux/netlink.h and rtnetlink.h
    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort RTM_NEWLINK = 16;
    private const ushort RTM_GETLINK = 18;
    private const ushort NLM_F_REQUEST = 1;
    private const ushort NLM_F_DUMP = 0x300;
    private const ushort NLA_TYPE_MASK = 0x3fff;
    private const ushort IFLA_IFNAME = 3;

    private const int HeaderBytes = 16; // struct nlmsghdr
    private const int LinkBytes = 16; // struct ifinfomsg
    private const int AttributeBytes = 4; // struct nlattr
    private const int LongestName = 15; // IFNAMSIZ without the terminating 0

    // The kernel fills at most 32 KiB of a dump's buffer at a time (net/netlink/af_netlink.c).
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly SafeFileHandle _socket;

    private RtNetlink(SafeFileHandle socket) => _socket = socket;

    /// <exception cref="LinuxException">The system has no descriptor left.</exception>
    public static RtNetlink Open() =>
        new(SysSocket.Create(SysSocket.AF_NETLINK, SysSocket.SOCK_RAW, SysSocket.NETLINK_ROUTE, "rtnetlink"));

    /// <summary>The interface of that name; null where there is none.</summary>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public LinkFacts? Find(string name)
    {
        var bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes is 0 or > LongestName) return null;
        var request = _buffer.AsSpan(0, HeaderBytes + LinkBytes + Aligned(AttributeBytes + bytes + 1));
        request.Clear();
        var attribute = request[(HeaderBytes + LinkBytes)..];
        MemoryMarshal.Write(attribute, (ushort)(AttributeBytes + bytes + 1));
        MemoryMarshal.Write(attribute[2..], IFLA_IFNAME);
        Encoding.UTF8.GetBytes(name, attribute[AttributeBytes..]);
        return One(request, name);
    }

    /// <summary>The interface of that number; null where there is none.</summary>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public LinkFacts? Find(int index)
    {
        if (index <= 0) return null;
        var request = _buffer.AsSpan(0, HeaderBytes + LinkBytes);
        request.Clear();
        MemoryMarshal.Write(request[(HeaderBytes + 4)..], index);
        return One(request, $"interface {index}");
    }

    /// <summary>All interfaces of the namespace, as the kernel lists them.</summary>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public IReadOnlyList<LinkFacts> All()
    {
        var request = _buffer.AsSpan(0, HeaderBytes + LinkBytes);
        request.Clear();
        Ask(request, NLM_F_DUMP, "interfaces");
        var links = new List<LinkFacts>();
        while (ReadInto(links, "interfaces"))
        {
        }

        return links;
    }

    public void Dispose() => _socket.Dispose();

    private LinkFacts? One(Span<byte> request, string subject)
    {
        Ask(request, 0, subject);
        var links = new List<LinkFacts>(1);
        ReadInto(links, subject);
        return links.Count > 0 ? links[0] : null;
    }

    private void Ask(Span<byte> request, ushort flags, string subject)
    {
        MemoryMarshal.Write(request, request.Length);
        MemoryMarshal.Write(request[4..], RTM_GETLINK);
        MemoryMarshal.Write(request[6..], (ushort)(NLM_F_REQUEST | flags));
        SysSocket.Send(_socket, request, subject);
    }

    /// <returns>Whether more of a dump is to come.</returns>
    private bool ReadInto(List<LinkFacts> links, string subject)
    {
        var rest = _buffer.AsSpan(0, SysSocket.Receive(_socket, _buffer, subject));
        while (rest.Length >= HeaderBytes)
        {
            var length = MemoryMarshal.Read<int>(rest);
            if (length < HeaderBytes || length > rest.Length) return false;
            switch (MemoryMarshal.Read<ushort>(rest[4..]))
            {
                case RTM_NEWLINK:
                    links.Add(LinkMessage.Read(rest[HeaderBytes..length]));
                    break;
                case NLMSG_DONE:
                    return false;
                case NLMSG_ERROR:
                    ThrowUnlessAbsent((Errno)(-MemoryMarshal.Read<int>(rest[HeaderBytes..])), subject);
                    return false;
            }

            rest = rest[Math.Min(rest.Length, Aligned(length))..];
        }

        return true;
    }

    private static void ThrowUnlessAbsent(Errno error, string subject)
    {
        if (error is not (Errno.ENODEV or Errno.None)) throw new LinuxException("rtnetlink", subject, error);
    }

    internal static int Aligned(int length) => (length + 3) & ~3;

    /// <summary>Calls <paramref name="take"/> for each attribute of a message.</summary>
    internal static void ForEach(ReadOnlySpan<byte> attributes, AttributeReader take)
    {
        while (attributes.Length >= AttributeBytes)
        {
            var length = MemoryMarshal.Read<ushort>(attributes);
            if (length < AttributeBytes || length > attributes.Length) return;
            take((ushort)(MemoryMarshal.Read<ushort>(attributes[2..]) & NLA_TYPE_MASK), attributes[AttributeBytes..length]);
            attributes = attributes[Math.Min(attributes.Length, Aligned(length))..];
        }
    }

    /// <summary>Reads one attribute.</summary>
    internal delegate void AttributeReader(ushort type, ReadOnlySpan<byte> value);
}
