using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>sys/uio.h: reading into several places, and writing out of several, in one call.</summary>
internal static unsafe partial class Uio
{
    /// <summary>Reads into the parts, one after the other. It continues after interruptions by signals.</summary>
    /// <returns>Bytes read; -1 with the error in <paramref name="error"/>.</returns>
    public static nint Read(int descriptor, SysSocket.iovec_t* parts, int count, out Errno error)
    {
        nint got;
        do
        {
            got = readv(descriptor, parts, count);
            error = got < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        }
        while (error == Errno.EINTR);
        return got;
    }

    /// <summary>Writes the parts, one after the other. It continues after interruptions by signals.</summary>
    public static Errno Write(int descriptor, SysSocket.iovec_t* parts, int count)
    {
        while (true)
        {
            if (writev(descriptor, parts, count) >= 0) return Errno.None;
            var error = (Errno)Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR) return error;
        }
    }

    // ssize_t readv(int fd, const struct iovec *iov, int iovcnt);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readv(int fd, SysSocket.iovec_t* iov, int iovcnt);

    // ssize_t writev(int fd, const struct iovec *iov, int iovcnt);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint writev(int fd, SysSocket.iovec_t* iov, int iovcnt);
}
