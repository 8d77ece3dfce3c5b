using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>Bytes of a stream socket, given and taken without waiting.</summary>
internal static unsafe partial class SysSocket
{
    private const int MSG_NOSIGNAL = 0x4000; // Linux, include/linux/socket.h

    /// <summary>Sends as many bytes as the socket has room for. A peer that is gone raises no signal.</summary>
    /// <returns>How many; -1 where there is no room now.</returns>
    /// <exception cref="LinuxException">The connection is broken.</exception>
    public static int TryWrite(int socket, ReadOnlySpan<byte> bytes, string subject)
    {
        fixed (byte* from = bytes)
        {
            nint sent;
            while ((sent = send(socket, from, (nuint)bytes.Length, MSG_DONTWAIT | MSG_NOSIGNAL)) < 0)
            {
                var error = (Errno)Marshal.GetLastPInvokeError();
                if (error == Errno.EAGAIN) return -1;
                if (error != Errno.EINTR) throw LinuxException.Last("send", subject);
            }

            return (int)sent;
        }
    }

    /// <summary>Takes the bytes that are there, as many as fit.</summary>
    /// <returns>How many; 0 at the end of the stream, -1 where there are none now.</returns>
    /// <exception cref="LinuxException">The connection is broken.</exception>
    public static int TryRead(int socket, Span<byte> buffer, string subject)
    {
        fixed (byte* to = buffer)
        {
            nint received;
            while ((received = recv(socket, to, (nuint)buffer.Length, MSG_DONTWAIT)) < 0)
            {
                var error = (Errno)Marshal.GetLastPInvokeError();
                if (error == Errno.EAGAIN) return -1;
                if (error != Errno.EINTR) throw LinuxException.Last("recv", subject);
            }

            return (int)received;
        }
    }

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int sockfd, void* buf, nuint len, int flags);

    // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int sockfd, void* buf, nuint len, int flags);
}
