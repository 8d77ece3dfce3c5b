using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>sys/socket.h: sockets and their options.</summary>
internal static unsafe partial class SysSocket
{
    // Linux, include/linux/socket.h, include/linux/net.h and include/uapi/asm-generic/socket.h
    public const int AF_NETLINK = 16;
    public const int AF_PACKET = 17;
    public const int NETLINK_ROUTE = 0;
    public const int SOCK_RAW = 3;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOL_SOCKET = 1;
    public const int SOL_PACKET = 263;
    public const int SO_ERROR = 4;
    public const int SO_SNDBUF = 7;
    public const int SO_SNDBUFFORCE = 32;
    public const int SO_ATTACH_FILTER = 26;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int MSG_DONTWAIT = 0x40;

    /// <summary>Makes a socket that children of the process do not inherit: a child would keep its address bound.</summary>
    /// <exception cref="LinuxException">There is no such kind of socket, or the process lacks permission to open one.</exception>
    public static SafeFileHandle Create(int domain, int type, int protocol, string subject)
    {
        var descriptor = socket(domain, type | SOCK_CLOEXEC, protocol);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LinuxException.Last("socket", subject);
    }

    /// <exception cref="LinuxException">The address is not there, or is taken.</exception>
    public static void Bind<T>(SafeFileHandle socket, in T address, string subject)
        where T : unmanaged
    {
        fixed (T* at = &address)
        {
            if (bind(socket, at, (uint)sizeof(T)) != 0) throw LinuxException.Last("bind", subject);
        }
    }

    /// <exception cref="LinuxException">The option or its value is refused.</exception>
    public static void SetOption<T>(SafeFileHandle socket, int level, int option, in T value, string subject)
        where T : unmanaged
    {
        fixed (T* at = &value)
        {
            if (setsockopt(socket, level, option, at, (uint)sizeof(T)) != 0) throw LinuxException.Last("setsockopt", subject);
        }
    }

    /// <exception cref="LinuxException">There is no such option.</exception>
    public static T GetOption<T>(SafeFileHandle socket, int level, int option, string subject)
        where T : unmanaged
    {
        T value = default;
        var bytes = (uint)sizeof(T);
        return getsockopt(socket, level, option, &value, &bytes) == 0 ? value : throw LinuxException.Last("getsockopt", subject);
    }

    /// <summary>The address that the socket is bound to.</summary>
    /// <exception cref="LinuxException">It is not a socket any more.</exception>
    public static T NameOf<T>(SafeFileHandle socket, string subject)
        where T : unmanaged
    {
        T address = default;
        var bytes = (uint)sizeof(T);
        return getsockname(socket, &address, &bytes) == 0 ? address : throw LinuxException.Last("getsockname", subject);
    }

    /// <summary>Sends one message whole.</summary>
    /// <exception cref="LinuxException">It cannot be sent.</exception>
    public static void Send(SafeFileHandle socket, ReadOnlySpan<byte> message, string subject)
    {
        fixed (byte* from = message)
        {
            while (send(socket, from, (nuint)message.Length, 0) < 0)
                if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw LinuxException.Last("send", subject);
        }
    }

    /// <summary>Waits for a message. What does not fit into the buffer is lost.</summary>
    /// <returns>Its bytes.</returns>
    /// <exception cref="LinuxException">None can be received.</exception>
    public static int Receive(SafeFileHandle socket, Span<byte> buffer, string subject)
    {
        fixed (byte* to = buffer)
        {
            nint received;
            while ((received = recv(socket, to, (nuint)buffer.Length, 0)) < 0)
                if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw LinuxException.Last("recv", subject);
            return (int)received;
        }
    }

    /// <summary>Takes a message, or an error, from a socket that does not wait.</summary>
    /// <returns>False where there is nothing.</returns>
    public static bool TryReceive(SafeFileHandle socket, Span<byte> buffer)
    {
        fixed (byte* to = buffer)
            return recv(socket, to, (nuint)buffer.Length, 0) >= 0 || (Errno)Marshal.GetLastPInvokeError() != Errno.EAGAIN;
    }

    /// <summary>Calls a socket's receiving side for its effect alone: an AF_XDP socket's driver looks at the rings.</summary>
    public static void Poke(SafeFileHandle socket) => _ = recv(socket, null, 0, MSG_DONTWAIT);

    /// <summary>struct sockaddr_nl, linux/netlink.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_nl
    {
        public ushort nl_family;
        public ushort nl_pad;
        public uint nl_pid;
        public uint nl_groups;
    }

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeFileHandle sockfd, void* buf, nuint len, int flags);

    // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(SafeFileHandle sockfd, void* buf, nuint len, int flags);

    // int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(SafeFileHandle sockfd, void* addr, uint addrlen);

    // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeFileHandle sockfd, int level, int optname, void* optval, uint optlen);

    // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(SafeFileHandle sockfd, int level, int optname, void* optval, uint* optlen);

    // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockname(SafeFileHandle sockfd, void* addr, uint* addrlen);
}
