using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>unistd.h: writing to descriptors.</summary>
internal static unsafe partial class Unistd
{
    public const int STDOUT_FILENO = 1;

    private const int SEEK_SET = 0;
    private const int SEEK_CUR = 1;

    /// <summary>
    /// Writes all of it, going on after interruptions and waiting where a non-blocking descriptor is full.
    /// </summary>
    /// <returns>Bytes the kernel took; all of them unless <paramref name="error"/> says why not.</returns>
    public static long WriteAll(int descriptor, byte* from, long bytes, out Errno error)
    {
        error = Errno.None;
        long taken = 0;
        while (taken < bytes)
        {
            var count = write(descriptor, from + taken, (nuint)(bytes - taken));
            if (count > 0)
            {
                taken += count;
                continue;
            }

            // A write of more than nothing that takes nothing and names no error would be tried forever.
            var errno = count == 0 ? Errno.EIO : (Errno)Marshal.GetLastPInvokeError();
            if (errno == Errno.EINTR) continue;
            if (errno == Errno.EAGAIN && Poll.WaitWritable(descriptor)) continue;
            error = errno;
            break;
        }

        return taken;
    }

    /// <summary>Makes a regular file end <paramref name="bytes"/> before where it is being written; anything else is left alone.</summary>
    /// <returns>Whether it ends there now.</returns>
    public static bool CutBack(int descriptor, long bytes)
    {
        var end = lseek(descriptor, 0, SEEK_CUR) - (nint)bytes;
        return end >= 0 && ftruncate(descriptor, end) == 0 && lseek(descriptor, end, SEEK_SET) == end;
    }

    /// <summary>Closes; the descriptor is gone whatever the answer (close(2), NOTES: never retried on Linux).</summary>
    public static Errno Close(int descriptor)
    {
        var error = close(descriptor) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
        return error == Errno.EINTR ? Errno.None : error;
    }

    // ssize_t write(int fd, const void *buf, size_t count);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buf, nuint count);

    // off_t lseek(int fd, off_t offset, int whence);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint lseek(int fd, nint offset, int whence);

    // int ftruncate(int fd, off_t length);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int fd, nint length);

    // int close(int fd);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
