using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>linux/xdp_diag.h: the AF_XDP sockets of this network namespace, and the queues they are bound to.</summary>
internal static class XdpDiagnosis
{
    // Linux, include/uapi/linux/sock_diag.h, xdp_diag.h and include/linux/socket.h
    private const int NETLINK_SOCK_DIAG = 4;
    private const ushort SOCK_DIAG_BY_FAMILY = 20;
    private const byte AF_XDP = 44;
    private const uint XDP_SHOW_INFO = 1;
    private const ushort XDP_DIAG_INFO = 1;

    /// <summary>
    /// Where a ring of free pages begins in the file of an AF_XDP socket (XDP_UMEM_PGOFF_FILL_RING, linux/if_xdp.h), as
    /// <c>/proc/PID/maps</c> writes it. No other socket has it.
    /// </summary>
    public const string FillRingOffset = "100000000";

    private const int RequestBytes = 20; // struct xdp_diag_req
    private const int ShowAt = 8;
    private const int MessageBytes = 16; // struct xdp_diag_msg
    private const int InodeAt = 4;

    /// <summary>A queue that a socket is bound to.</summary>
    /// <param name="Interface">The interface's index.</param>
    /// <param name="Queue">0-based.</param>
    /// <param name="Inode">The socket's number in <c>/proc/PID/fd</c>.</param>
    public readonly record struct Bound(int Interface, int Queue, uint Inode);

    /// <summary>All of them.</summary>
    /// <returns>Null where the kernel was built without the question (CONFIG_XDP_SOCKETS_DIAG).</returns>
    public static IReadOnlyList<Bound>? Sockets()
    {
        Span<byte> question = stackalloc byte[RequestBytes];
        question.Clear();
        question[0] = AF_XDP;
        MemoryMarshal.Write(question[ShowAt..], XDP_SHOW_INFO);
        var found = new List<Bound>();
        using var socket = NetlinkSocket.Open(NETLINK_SOCK_DIAG);
        var error = socket.Ask(SOCK_DIAG_BY_FAMILY, NetlinkSocket.Dump, question, "AF_XDP sockets", message =>
        {
            if (message.Length < MessageBytes) return;
            var inode = MemoryMarshal.Read<uint>(message[InodeAt..]);
            NetlinkAttributes.ForEach(message[MessageBytes..], (type, value) =>
            {
                // struct xdp_diag_info: ifindex, queue_id
                if (type == XDP_DIAG_INFO && value.Length >= 2 * sizeof(int))
                    found.Add(new Bound(MemoryMarshal.Read<int>(value), MemoryMarshal.Read<int>(value[sizeof(int)..]), inode));
            });
        });
        return error == Errno.None ? found : null;
    }
}
