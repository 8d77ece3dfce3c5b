using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>fcntl.h: opening files by path, and facts about a descriptor.</summary>
internal static partial class Fcntl
{
    // Linux, include/uapi/asm-generic/fcntl.h
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;
    public const int O_APPEND = 0x400;
    public const int O_NONBLOCK = 0x800;

    /// <summary>Some architectures have numbers of their own (arch/arm64/include/uapi/asm/fcntl.h, likewise arm and powerpc).</summary>
    public static readonly int O_NOFOLLOW =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Ppc64le ? 0x8000 : 0x20000;

    public const int O_CLOEXEC = 0x80000;
    private const int F_GETFD = 1;
    private const int FD_CLOEXEC = 1;

    /// <returns>A descriptor that the caller must close, or -1 with the error in <paramref name="error"/>.</returns>
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

    /// <summary>
    /// Whether the process inherited a descriptor. Descriptors that the process or the runtime opened have close-on-exec set; inherited
    /// ones do not.
    /// </summary>
    public static bool IsInherited(int descriptor) => fcntl(descriptor, F_GETFD) is >= 0 and var flags && (flags & FD_CLOEXEC) == 0;

    public static bool IsOpen(int descriptor) => fcntl(descriptor, F_GETFD) >= 0;

    // int fcntl(int fd, int op, ...);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int op);

    // int open(const char *pathname, int flags, mode_t mode);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, uint mode);
}
