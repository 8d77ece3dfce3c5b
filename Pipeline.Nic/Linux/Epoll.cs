using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>sys/epoll.h: a set of descriptors that one thread waits for while others change it.</summary>
internal static unsafe partial class Epoll
{
    /// <summary>The most descriptors that one wait reports.</summary>
    public const int MostReported = 64;

    // Linux, include/uapi/linux/eventpoll.h
    private const int EPOLL_CLOEXEC = 0x80000;
    private const int EPOLL_CTL_ADD = 1;
    private const int EPOLL_CTL_DEL = 2;
    private const int EPOLL_CTL_MOD = 3;
    private const uint EPOLLIN = 1;
    private const uint EPOLLONESHOT = 1u << 30;
    private const uint EPOLLET = 1u << 31;

    // struct epoll_event: 32 bits of events and 64 of data. On x86-64, and nowhere else, there is no gap between them.
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = DataAt + 8;

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static SafeFileHandle Create()
    {
        var descriptor = epoll_create1(EPOLL_CLOEXEC);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LinuxException.Last("epoll_create1", "waiter");
    }

    /// <summary>
    /// Has a descriptor reported when it is readable, at its end or in error, which can be at once. Any thread, also while another waits.
    /// </summary>
    /// <param name="once">Once; otherwise again whenever that becomes so.</param>
    /// <returns>False for a regular file: it is always readable, and cannot be watched.</returns>
    /// <exception cref="LinuxException">It cannot be watched, such as a descriptor that is not open.</exception>
    public static bool Watch(SafeFileHandle set, int descriptor, bool once)
    {
        var events = EPOLLIN | (once ? EPOLLONESHOT : EPOLLET);
        var error = Control(set, EPOLL_CTL_MOD, descriptor, events);
        if (error == Errno.ENOENT) error = Control(set, EPOLL_CTL_ADD, descriptor, events);
        if (error is Errno.None or Errno.EPERM) return error == Errno.None;
        throw new LinuxException("epoll_ctl", $"descriptor {descriptor}", error);
    }

    /// <summary>Has an eventfd reported each time somebody writes to it, whether or not it is read.</summary>
    /// <exception cref="LinuxException">It cannot be watched.</exception>
    public static void WatchBell(SafeFileHandle set, int descriptor)
    {
        var error = Control(set, EPOLL_CTL_ADD, descriptor, EPOLLIN | EPOLLET);
        if (error != Errno.None) throw new LinuxException("epoll_ctl", $"descriptor {descriptor}", error);
    }

    /// <summary>Reports a descriptor no more. To be called before it is closed: what it stands for can live on.</summary>
    public static void Forget(SafeFileHandle set, int descriptor) => Control(set, EPOLL_CTL_DEL, descriptor, 0);

    /// <summary>Waits until there is something to report. It continues after interruptions by signals.</summary>
    /// <param name="reported">Gets the descriptors; at least <see cref="MostReported"/> long.</param>
    /// <param name="waits">False only looks.</param>
    /// <returns>How many.</returns>
    /// <exception cref="LinuxException">The system could not wait.</exception>
    [SkipLocalsInit] // once for every pause
    public static int Wait(SafeFileHandle set, Span<int> reported, bool waits)
    {
        var events = stackalloc byte[MostReported * 16];
        int count;
        while ((count = epoll_wait(set, events, MostReported, waits ? -1 : 0)) < 0)
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw LinuxException.Last("epoll_wait", "waiting for descriptors");
        for (var i = 0; i < count; i++) reported[i] = Unsafe.ReadUnaligned<int>(events + (i * EventBytes) + DataAt);
        return count;
    }

    private static Errno Control(SafeFileHandle set, int operation, int descriptor, uint events)
    {
        var one = stackalloc byte[16];
        Unsafe.WriteUnaligned(one, events);
        Unsafe.WriteUnaligned(one + DataAt, (long)descriptor);
        return epoll_ctl(set, operation, descriptor, one) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
    }

    // int epoll_create1(int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeFileHandle epfd, int op, int fd, void* epollEvent);

    // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeFileHandle epfd, void* events, int maxevents, int timeout);
}
