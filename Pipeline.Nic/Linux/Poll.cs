using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>poll.h: waiting for a descriptor.</summary>
internal static unsafe partial class Poll
{
    // Linux, include/uapi/asm-generic/poll.h
    private const short POLLOUT = 4;
    private const int Forever = -1;

#pragma warning disable CS8981 // Native names are kept.
    // struct pollfd { int fd; short events; short revents; };
    [StructLayout(LayoutKind.Sequential)]
    private struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }
#pragma warning restore CS8981

    /// <summary>Waits until a write would not block or would fail.</summary>
    /// <returns>False when the wait itself failed.</returns>
    public static bool WaitWritable(int descriptor)
    {
        var wanted = new pollfd { fd = descriptor, events = POLLOUT };
        return poll(&wanted, 1, Forever) >= 0 || (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR;
    }

    // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(pollfd* fds, nuint nfds, int timeout);
}
