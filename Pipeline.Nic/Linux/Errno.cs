namespace Pipeline.Nic.Linux;

/// <summary>Error numbers this code tells apart or names (Linux, include/uapi/asm-generic/errno-base.h and errno.h).</summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>The process lacks a permission, such as a capability.</summary>
    EPERM = 1,

    /// <summary>There is no such file, folder or entry.</summary>
    ENOENT = 2,

    /// <summary>A signal interrupted the call; it is made again.</summary>
    EINTR = 4,

    /// <summary>The device failed while it read or wrote.</summary>
    EIO = 5,

    /// <summary>There is no device behind the file, or nobody reads the pipe that is to be opened for writing.</summary>
    ENXIO = 6,

    /// <summary>An argument is larger than the kernel takes, such as a program of too many instructions.</summary>
    E2BIG = 7,

    /// <summary>The descriptor is not open, or not open for this.</summary>
    EBADF = 9,

    /// <summary>The call would have to wait, and was told not to.</summary>
    EAGAIN = 11,

    /// <summary>There is no memory left, or a limit on locked memory is reached.</summary>
    ENOMEM = 12,

    /// <summary>The file's permissions forbid it; of bpf(2), also a program that the verifier refuses.</summary>
    EACCES = 13,

    /// <summary>An address is outside the process's memory.</summary>
    EFAULT = 14,

    /// <summary>It is in use by another, such as an interface with another XDP program.</summary>
    EBUSY = 16,

    /// <summary>It is there already.</summary>
    EEXIST = 17,

    /// <summary>There is no such device or interface, or it cannot do this.</summary>
    ENODEV = 19,

    /// <summary>A part of the path that should be a folder is a file.</summary>
    ENOTDIR = 20,

    /// <summary>It is a folder where a file was expected.</summary>
    EISDIR = 21,

    /// <summary>The call does not take this argument.</summary>
    EINVAL = 22,

    /// <summary>The whole machine has as many files open as it can.</summary>
    ENFILE = 23,

    /// <summary>The process has as many files open as it is allowed (RLIMIT_NOFILE).</summary>
    EMFILE = 24,

    /// <summary>The file would be larger than the file system or a limit allows.</summary>
    EFBIG = 27,

    /// <summary>The file system is full; of bpf(2), the verifier's log had no room.</summary>
    ENOSPC = 28,

    /// <summary>The descriptor has no position. Pipes and sockets have none.</summary>
    ESPIPE = 29,

    /// <summary>The file system is mounted read-only.</summary>
    EROFS = 30,

    /// <summary>Nobody reads the pipe any more.</summary>
    EPIPE = 32,

    /// <summary>A number is out of range, such as a packet's greatest length for a driver that runs XDP programs.</summary>
    ERANGE = 34,

    /// <summary>A name is longer than the file system takes.</summary>
    ENAMETOOLONG = 36,

    /// <summary>Symbolic links lead in a circle, or one stands where none is allowed.</summary>
    ELOOP = 40,

    /// <summary>The interface behind a macvtap's descriptor, or the one that a program was attached to, is gone.</summary>
    ENOLINK = 67,

    /// <summary>No interface is behind a TAP's descriptor, or not any more.</summary>
    EBADFD = 77,

    /// <summary>A packet is longer than the interface takes.</summary>
    EMSGSIZE = 90,

    /// <summary>The device, driver or file system cannot do this.</summary>
    EOPNOTSUPP = 95,

    /// <summary>The address is in use.</summary>
    EADDRINUSE = 98,

    /// <summary>The interface was taken down, or is gone.</summary>
    ENETDOWN = 100,

    /// <summary>
    /// The kernel has no buffers left. Of AF_XDP, a limit on locked memory is reached. Of sending, a queue is full and the packet was
    /// dropped.
    /// </summary>
    ENOBUFS = 105,

    /// <summary>The user's quota of the file system is used up.</summary>
    EDQUOT = 122,
}
