using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>unistd.h: reading and seeking on descriptors.</summary>
internal static unsafe partial class Unistd
{
    // Linux, include/uapi/linux/fs.h
    private const int SEEK_CUR = 1;

    /// <summary>Reads what is there, over interruptions by signals.</summary>
    /// <returns>Bytes read; 0 at the end; -1 when a non-blocking descriptor has nothing.</returns>
    /// <exception cref="LinuxException">The system could not read.</exception>
    public static nint Read(int descriptor, byte* buffer, nuint bytes, string subject)
    {
        while (true)
        {
            var got = read(descriptor, buffer, bytes);
            if (got >= 0) return got;
            var errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN) return -1;
            if (errno != Errno.EINTR) throw new LinuxException("read", subject, errno);
        }
    }

    /// <summary>Reads at an offset, over interruptions by signals.</summary>
    /// <returns>Bytes read; 0 at the end and beyond it.</returns>
    /// <exception cref="LinuxException">The system could not read.</exception>
    public static nint ReadAt(int descriptor, byte* buffer, nuint bytes, long offset, string subject)
    {
        while (true)
        {
            var got = pread(descriptor, buffer, bytes, offset);
            if (got >= 0) return got;
            var errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR) throw new LinuxException("pread", subject, errno);
        }
    }

    /// <summary>Where the next read of a descriptor starts.</summary>
    /// <exception cref="LinuxException">The descriptor has no position.</exception>
    public static long Position(int descriptor, string subject)
    {
        var position = lseek(descriptor, 0, SEEK_CUR);
        return position >= 0 ? position : throw LinuxException.Last("lseek", subject);
    }

    // ssize_t read(int fd, void *buf, size_t count);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buf, nuint count);

    // ssize_t pread(int fd, void *buf, size_t count, off_t offset);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int fd, byte* buf, nuint count, long offset);

    // off_t lseek(int fd, off_t offset, int whence);
    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int fd, long offset, int whence);
}
