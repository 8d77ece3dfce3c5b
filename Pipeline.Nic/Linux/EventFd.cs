using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>sys/eventfd.h: a counter that wakes whoever polls it.</summary>
internal static partial class EventFd
{
    // Linux, include/uapi/linux/eventfd.h: the flags are open's O_CLOEXEC and O_NONBLOCK
    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static SafeFileHandle Create()
    {
        var descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LinuxException.Last("eventfd", "waiter");
    }

    /// <summary>Makes it readable. A failure means that it is readable already.</summary>
    /// <exception cref="ObjectDisposedException">It is closed. It is not closed during the call.</exception>
    public static void Ring(SafeFileHandle bell) => _ = eventfd_write(bell, 1);

    /// <summary>Makes it unreadable until it is rung again. Only for the thread that polls it.</summary>
    public static void Hush(SafeFileHandle bell) => _ = eventfd_read(bell, out _);

    // int eventfd(unsigned int initval, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initval, int flags);

    // int eventfd_write(int fd, eventfd_t value);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd_write(SafeFileHandle fd, ulong value);

    // int eventfd_read(int fd, eventfd_t *value);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd_read(SafeFileHandle fd, out ulong value);
}
