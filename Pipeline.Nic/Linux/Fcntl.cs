using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>fcntl.h: opening files by path.</summary>
internal static partial class Fcntl
{
    // Linux, include/uapi/asm-generic/fcntl.h
    public const int O_WRONLY = 1;
    public const int O_CREAT = 0x40;
    public const int O_TRUNC = 0x200;
    public const int O_APPEND = 0x400;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    /// <returns>A descriptor that is the caller's to close, or -1 with the error in <paramref name="error"/>.</returns>
    public static int Open(string path, int flags, out Errno error, uint mode = 0)
    {
        int descriptor;
        do
        {
            descriptor = open(path, flags | O_CLOEXEC, mode);
            error = descriptor < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        }
        while (error == Errno.EINTR);
        return descriptor;
    }

    // int open(const char *pathname, int flags, mode_t mode);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, uint mode);
}
