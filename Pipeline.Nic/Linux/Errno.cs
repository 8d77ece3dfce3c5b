namespace Pipeline.Nic.Linux;

/// <summary>Error numbers this code tells apart or names (Linux, include/uapi/asm-generic/errno-base.h and errno.h).</summary>
public enum Errno
{
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    EINTR = 4,
    EIO = 5,
    ENXIO = 6,
    EBADF = 9,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EBUSY = 16,
    EEXIST = 17,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    EFBIG = 27,
    ENOSPC = 28,
    ESPIPE = 29,
    EROFS = 30,
    EPIPE = 32,
    ENAMETOOLONG = 36,
    ELOOP = 40,
    EOPNOTSUPP = 95,
    EDQUOT = 122,
}
