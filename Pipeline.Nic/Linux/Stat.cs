using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>
/// sys/stat.h: the kind of file behind a descriptor, the rights to a file, and device nodes. It uses statx, whose layout is the same on
/// every architecture.
/// </summary>
internal static unsafe partial class Stat
{
    // Linux, include/uapi/linux/stat.h and fcntl.h
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_TYPE = 0x1;
    private const uint STATX_MODE = 0x2;
    private const uint STATX_UID = 0x8;
    private const uint STATX_GID = 0x10;
    private const uint STATX_INO = 0x100;
    private const uint STATX_SIZE = 0x200;
    private const int AT_FDCWD = -100;
    private const int S_IFMT = 0xF000;
    private const int S_IFDIR = 0x4000;
    private const int S_IFCHR = 0x2000;
    private const int S_IFIFO = 0x1000;
    private const int S_IFBLK = 0x6000;
    private const int S_IFREG = 0x8000;
    private const int PermissionBits = 0xFFF; // S_ISUID | S_ISGID | S_ISVTX | S_IRWXU | S_IRWXG | S_IRWXO
    private const uint OwnerReadsAndWrites = 0x180; // S_IRUSR | S_IWUSR

    /// <summary>The kind of file behind an open descriptor.</summary>
    /// <param name="IsRegular">A plain file, which can be read at any offset.</param>
    /// <param name="Bytes">Its size now; only meaningful for a plain file.</param>
    internal readonly record struct Kind(bool IsRegular, bool IsDirectory, long Bytes);

    /// <summary>Who may do what with a file.</summary>
    /// <param name="Mode">The permission bits.</param>
    internal readonly record struct Rights(bool IsRegular, uint Mode, uint Owner, uint Group);

    /// <summary>The rights to the file that a name leads to, through symbolic links.</summary>
    /// <returns>Null where there is nothing.</returns>
    /// <exception cref="LinuxException">The system does not say.</exception>
    public static Rights? RightsOf(string path)
    {
        statx_t status = default;
        if (statx(AT_FDCWD, path, 0, STATX_TYPE | STATX_MODE | STATX_UID | STATX_GID, &status) != 0)
        {
            return (Errno)Marshal.GetLastPInvokeError() == Errno.ENOENT ? null : throw LinuxException.Last("statx", path);
        }

        return Allowed(status);
    }

    /// <summary>The rights to the file behind an open descriptor.</summary>
    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public static Rights RightsOf(int descriptor, string subject)
    {
        statx_t status = default;
        byte empty = 0;
        return statx(descriptor, &empty, AT_EMPTY_PATH, STATX_TYPE | STATX_MODE | STATX_UID | STATX_GID, &status) == 0
            ? Allowed(status)
            : throw LinuxException.Last("statx", subject);
    }

    /// <summary>Sets the permission bits of an open file.</summary>
    public static Errno SetMode(int descriptor, uint mode) =>
        fchmod(descriptor, mode) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public static Kind Of(int descriptor, string subject)
    {
        statx_t status = default;
        byte empty = 0;
        if (statx(descriptor, &empty, AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &status) != 0) throw LinuxException.Last("statx", subject);
        var type = status.stx_mode & S_IFMT;
        return new Kind(type == S_IFREG, type == S_IFDIR, (long)status.stx_size);
    }

    /// <summary>The identity of the file that a name leads to, through symbolic links.</summary>
    /// <returns>Null for anything that is neither a regular file nor a block device, and where there is nothing.</returns>
    public static FileIdentity? IdentityOf(string path)
    {
        statx_t status = default;
        return statx(AT_FDCWD, path, 0, STATX_TYPE | STATX_INO, &status) == 0 ? Identity(status) : null;
    }

    /// <summary>The identity of the file that an open descriptor leads to.</summary>
    /// <returns>Null for anything that is neither a regular file nor a block device, and where nothing is open.</returns>
    public static FileIdentity? IdentityOf(int descriptor)
    {
        statx_t status = default;
        byte empty = 0;
        return statx(descriptor, &empty, AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &status) == 0 ? Identity(status) : null;
    }

    /// <summary>Whether a name leads to something that several processes can write to: a terminal, /dev/null, a pipe, a socket.</summary>
    public static bool IsShared(string path)
    {
        statx_t status = default;
        return statx(AT_FDCWD, path, 0, STATX_TYPE, &status) == 0 && (status.stx_mode & S_IFMT) is not (S_IFREG or S_IFBLK or S_IFDIR);
    }

    /// <summary>Whether a name leads to a pipe.</summary>
    public static bool IsPipe(string path)
    {
        statx_t status = default;
        return statx(AT_FDCWD, path, 0, STATX_TYPE, &status) == 0 && (status.stx_mode & S_IFMT) == S_IFIFO;
    }

    /// <summary>The number of the character device that a name leads to; null for anything else, and where there is nothing.</summary>
    public static (uint Major, uint Minor)? CharacterDeviceOf(string path)
    {
        statx_t status = default;
        return statx(AT_FDCWD, path, 0, STATX_TYPE, &status) == 0 && (status.stx_mode & S_IFMT) == S_IFCHR
            ? (status.stx_rdev_major, status.stx_rdev_minor)
            : null;
    }

    /// <summary>Makes a node for a character device, for its owner alone. It needs the capability CAP_MKNOD.</summary>
    public static Errno MakeCharacterDevice(string path, uint major, uint minor)
    {
        // glibc, sys/sysmacros.h: the numbers' lower bits are where they were when both had 8.
        var device = (minor & 0xff) | ((ulong)(major & 0xfff) << 8) | ((ulong)(minor & ~0xffu) << 12) | ((ulong)(major & ~0xfffu) << 32);
        return mknod(path, S_IFCHR | OwnerReadsAndWrites, device) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
    }

    private static Rights Allowed(in statx_t status) => new(
        (status.stx_mode & S_IFMT) == S_IFREG, (uint)status.stx_mode & PermissionBits, status.stx_uid, status.stx_gid);

    /// <summary>Two nodes can name one block device, so it is known by its own number.</summary>
    private static FileIdentity? Identity(in statx_t status) => (status.stx_mode & S_IFMT) switch
    {
        S_IFREG => new FileIdentity(false, status.stx_dev_major, status.stx_dev_minor, status.stx_ino),
        S_IFBLK => new FileIdentity(true, status.stx_rdev_major, status.stx_rdev_minor, 0),
        _ => null,
    };

    // struct statx: 256 bytes, of which these are read (include/uapi/linux/stat.h)
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct statx_t
    {
        [FieldOffset(20)]
        public uint stx_uid;

        [FieldOffset(24)]
        public uint stx_gid;

        [FieldOffset(28)]
        public ushort stx_mode;

        [FieldOffset(32)]
        public ulong stx_ino;

        [FieldOffset(40)]
        public ulong stx_size;

        [FieldOffset(128)]
        public uint stx_rdev_major;

        [FieldOffset(132)]
        public uint stx_rdev_minor;

        [FieldOffset(136)]
        public uint stx_dev_major;

        [FieldOffset(140)]
        public uint stx_dev_minor;
    }

    // int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int dirfd, byte* pathname, int flags, uint mask, statx_t* statxbuf);

    // int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int dirfd, string pathname, int flags, uint mask, statx_t* statxbuf);

    // int fchmod(int fd, mode_t mode);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int fd, uint mode);

    // int mknod(const char *pathname, mode_t mode, dev_t dev);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mknod(string pathname, uint mode, ulong dev);
}
