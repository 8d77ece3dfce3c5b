using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>Several messages in one call.</summary>
internal static unsafe partial class SysSocket
{
    /// <summary>Sends messages in their order, without waiting, until one cannot be sent.</summary>
    /// <param name="error">Why the first could not be sent; none where it was.</param>
    /// <returns>How many were sent. Where it is fewer than all, sending the rest tells why the next could not be.</returns>
    public static int SendMany(SafeFileHandle socket, ReadOnlySpan<mmsghdr_t> messages, out Errno error)
    {
        fixed (mmsghdr_t* from = messages)
        {
            do
            {
                var sent = sendmmsg(socket, from, (uint)messages.Length, MSG_DONTWAIT);
                error = sent >= 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
                if (sent >= 0) return sent;
            }
            while (error == Errno.EINTR);
            return 0;
        }
    }

    /// <summary>struct iovec, linux/uio.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct iovec_t
    {
        public byte* iov_base;
        public nuint iov_len;
    }

    /// <summary>struct user_msghdr, linux/socket.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct msghdr_t
    {
        public void* msg_name;
        public int msg_namelen;
        public iovec_t* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public uint msg_flags;
    }

    /// <summary>struct mmsghdr, linux/socket.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct mmsghdr_t
    {
        public msghdr_t msg_hdr;
        public uint msg_len;
    }

    // int sendmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int sendmmsg(SafeFileHandle sockfd, mmsghdr_t* msgvec, uint vlen, int flags);
}
