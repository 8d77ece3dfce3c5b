using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>sys/stat.h: what kind of thing a descriptor is. By statx, whose layout is the same on every architecture.</summary>
internal static unsafe partial class Stat
{
    // Linux, include/uapi/linux/stat.h and fcntl.h
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_TYPE = 0x1;
    private const uint STATX_SIZE = 0x200;
    private const int S_IFMT = 0xF000;
    private const int S_IFDIR = 0x4000;
    private const int S_IFREG = 0x8000;

    /// <summary>What an open descriptor is.</summary>
    /// <param name="IsRegular">A plain file, which can be read at any offset.</param>
    /// <param name="Bytes">Its size now; only meaningful for a plain file.</param>
    internal readonly record struct Kind(bool IsRegular, bool IsDirectory, long Bytes);

    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public static Kind Of(int descriptor, string subject)
    {
        statx_t status = default;
        byte empty = 0;
        if (statx(descriptor, &empty, AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &status) != 0) throw LinuxException.Last("statx", subject);
        var type = status.stx_mode & S_IFMT;
        return new Kind(type == S_IFREG, type == S_IFDIR, (long)status.stx_size);
    }

    // struct statx: 256 bytes, of which these are looked at (include/uapi/linux/stat.h)
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct statx_t
    {
        [FieldOffset(28)]
        public ushort stx_mode;

        [FieldOffset(40)]
        public ulong stx_size;
    }

    // int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int dirfd, byte* pathname, int flags, uint mask, statx_t* statxbuf);
}
