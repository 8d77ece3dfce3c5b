using System.Runtime.InteropServices;
using System.Text;

namespace Pipeline.Nic.Linux;

/// <summary>
/// linux/rtnetlink.h: questions about interfaces, in the network namespace of the thread that opened it. One thread at a time; whoever
/// opened it disposes it.
/// </summary>
internal sealed class RtNetlink : IDisposable
{
    public const uint IFF_UP = 1;

    // Linux, include/uapi/linux/rtnetlink.h and if_link.h
    private const ushort RTM_GETLINK = 18;
    private const ushort IFLA_IFNAME = 3;
    private const int LinkBytes = 16; // struct ifinfomsg
    private const int IndexAt = 4;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open(SysSocket.NETLINK_ROUTE);

    private RtNetlink()
    {
    }

    /// <exception cref="LinuxException">The system has no descriptor left.</exception>
    public static RtNetlink Open() => new();

    /// <summary>The interface of that name; null where there is none.</summary>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public LinkFacts? Find(string name)
    {
        const int ValueAt = LinkBytes + NetlinkAttributes.HeaderBytes;
        var bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes is 0 or > NetDevice.LongestName) return null;
        Span<byte> question = stackalloc byte[ValueAt + NetlinkAttributes.Aligned(bytes + 1)];
        question.Clear();
        NetlinkAttributes.WriteHeader(question[LinkBytes..], IFLA_IFNAME, bytes + 1);
        Encoding.UTF8.GetBytes(name, question[ValueAt..]);
        return Ask(question, 0, name) is [var found, ..] ? found : null;
    }

    /// <summary>The interface of that number; null where there is none.</summary>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public LinkFacts? Find(int index)
    {
        if (index <= 0) return null;
        Span<byte> question = stackalloc byte[LinkBytes];
        question.Clear();
        MemoryMarshal.Write(question[IndexAt..], index);
        return Ask(question, 0, $"interface {index}") is [var found, ..] ? found : null;
    }

    /// <summary>All interfaces of the namespace, as the kernel lists them.</summary>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public IReadOnlyList<LinkFacts> All()
    {
        Span<byte> question = stackalloc byte[LinkBytes];
        question.Clear();
        return Ask(question, NetlinkSocket.Dump, "interfaces");
    }

    public void Dispose() => _socket.Dispose();

    private List<LinkFacts> Ask(ReadOnlySpan<byte> question, ushort flags, string subject)
    {
        var links = new List<LinkFacts>(1);
        var error = _socket.Ask(RTM_GETLINK, flags, question, subject, message => links.Add(LinkMessage.Read(message)));
        return error is Errno.None or Errno.ENODEV ? links : throw new LinuxException("rtnetlink", subject, error);
    }
}
