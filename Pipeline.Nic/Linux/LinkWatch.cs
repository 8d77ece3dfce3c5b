using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>
/// The kernel's news of interfaces (linux/rtnetlink.h, RTMGRP_LINK), in the network namespace of the thread that opened it: they come, go,
/// get another name, go up and down. Polling a socket does not tell all of that. One thread at a time; whoever opened it disposes it.
/// </summary>
internal sealed class LinkWatch : IDisposable
{
    private const uint RTMGRP_LINK = 1;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private readonly SafeFileHandle _socket;

    private LinkWatch(SafeFileHandle socket) => _socket = socket;

    /// <summary>The descriptor that is readable when there is news.</summary>
    public int Descriptor => (int)_socket.DangerousGetHandle();

    /// <exception cref="LinuxException">The system has no descriptor left.</exception>
    public static LinkWatch Open()
    {
        var socket = SysSocket.Create(
            SysSocket.AF_NETLINK, SysSocket.SOCK_RAW | SysSocket.SOCK_NONBLOCK, SysSocket.NETLINK_ROUTE, "rtnetlink");
        try
        {
            SysSocket.Bind(socket, new SysSocket.sockaddr_nl { nl_family = SysSocket.AF_NETLINK, nl_groups = RTMGRP_LINK }, "rtnetlink");
            return new LinkWatch(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes all news that there is. Never waits.</summary>
    /// <returns>
    /// Whether there was any. It does not say which: what counts is how the interface is now, and news can be merged or lost (ENOBUFS).
    /// </returns>
    public bool TakeNews()
    {
        var any = false;
        while (SysSocket.TryReceive(_socket, _buffer)) any = true;
        return any;
    }

    public void Dispose() => _socket.Dispose();
}
