using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>unistd.h: reading, writing and seeking on descriptors, the owner of a file, and the right to open one.</summary>
internal static unsafe partial class Unistd
{
    // Linux, include/uapi/linux/fs.h
    private const int SEEK_SET = 0;
    private const int SEEK_CUR = 1;

    // Linux, include/uapi/linux/fcntl.h; R_OK | W_OK of glibc, unistd.h
    private const int AT_FDCWD = -100;
    private const int AT_EACCESS = 0x200;
    private const int ReadAndWrite = 4 | 2;

    public const int STDIN_FILENO = 0;
    public const int STDOUT_FILENO = 1;
    public const int STDERR_FILENO = 2;

    /// <summary>Reads the bytes that are there. It continues after interruptions by signals.</summary>
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

    /// <summary>Reads at an offset. It continues after interruptions by signals.</summary>
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

    /// <summary>
    /// Writes all of it. It continues after interruptions, and waits where a non-blocking descriptor is full.
    /// </summary>
    /// <returns>Bytes the kernel took. If it did not take all of them, <paramref name="error"/> says why.</returns>
    public static int WriteAll(int descriptor, ReadOnlySpan<byte> bytes, out Errno error)
    {
        error = Errno.None;
        var taken = 0;
        fixed (byte* from = bytes)
        {
            while (taken < bytes.Length && error == Errno.None)
            {
                var count = write(descriptor, from + taken, (nuint)(bytes.Length - taken));
                if (count > 0) taken += (int)count;
                else error = WaitAfter(count, descriptor);
            }
        }

        return taken;
    }

    /// <summary>
    /// Makes a regular file end <paramref name="bytes"/> before the position it is being written at. Any other file is left alone.
    /// </summary>
    /// <returns>Whether it ends there now.</returns>
    public static bool CutBack(int descriptor, long bytes)
    {
        var end = lseek(descriptor, 0, SEEK_CUR) - bytes;
        return end >= 0 && ftruncate(descriptor, end) == 0 && lseek(descriptor, end, SEEK_SET) == end;
    }

    /// <summary>Empties a regular file.</summary>
    public static Errno Empty(int descriptor) => ftruncate(descriptor, 0) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    /// <summary>Whether the process has the rights to open a file for reading and writing now. It is not opened.</summary>
    /// <returns>Null where there is no such file.</returns>
    public static bool? CanReadAndWrite(string path) =>
        faccessat(AT_FDCWD, path, ReadAndWrite, AT_EACCESS) == 0 ? true
        : (Errno)Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR ? null : false;

    /// <summary>Waits until what was written to a descriptor, or the names in a folder, are on the disk.</summary>
    public static Errno Sync(int descriptor) => fsync(descriptor) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    /// <summary>Gives a file to an owner and a group. Only a privileged process can give it to another owner.</summary>
    public static Errno Give(int descriptor, uint owner, uint group) =>
        fchown(descriptor, owner, group) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    /// <summary>The user whose rights the process has.</summary>
    public static uint User() => geteuid();

    public static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

    /// <summary>Closes a descriptor. It is gone even after an error (close(2), NOTES: never retried on Linux).</summary>
    public static Errno Close(int descriptor)
    {
        var error = close(descriptor) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
        return error == Errno.EINTR ? Errno.None : error;
    }

    /// <summary>The error that forbids trying a write again, if there is one. It waits for a full descriptor.</summary>
    private static Errno WaitAfter(nint count, int descriptor)
    {
        // A write that takes nothing and reports no error would be tried for ever.
        var error = count == 0 ? Errno.EIO : (Errno)Marshal.GetLastPInvokeError();
        if (error == Errno.EAGAIN) Poll.WaitWritable(descriptor);
        return error is Errno.EAGAIN or Errno.EINTR ? Errno.None : error;
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

    // ssize_t write(int fd, const void *buf, size_t count);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buf, nuint count);

    // int ftruncate(int fd, off_t length);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int fd, long length);

    // int fsync(int fd);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int fd);

    // int fchown(int fd, uid_t owner, gid_t group);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int fd, uint owner, uint group);

    // int close(int fd);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    // int faccessat(int dirfd, const char *pathname, int mode, int flags);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int faccessat(int dirfd, string pathname, int mode, int flags);

    // uid_t geteuid(void);
    [LibraryImport("libc")]
    private static partial uint geteuid();

    // int isatty(int fd);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int isatty(int fd);
}
