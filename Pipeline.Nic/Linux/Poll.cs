using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>poll.h: waiting until descriptors are ready.</summary>
internal static unsafe partial class Poll
{
    // Linux, include/uapi/asm-generic/poll.h
    public const short POLLIN = 0x1;
    public const short POLLOUT = 0x4;

    // struct pollfd (include/uapi/asm-generic/poll.h)
    [StructLayout(LayoutKind.Sequential)]
    internal struct pollfd_t
    {
        public int fd;
        public short events;
        public short revents;
    }

    /// <summary>
    /// Waits until one is ready (readable, at its end, or in error) or the time is up. It continues after interruptions by signals.
    /// </summary>
    /// <param name="timeoutMilliseconds">-1 waits for ever, 0 not at all. The time starts anew after a signal.</param>
    /// <returns>How many are ready.</returns>
    /// <exception cref="LinuxException">The system could not wait.</exception>
    public static int Wait(ReadOnlySpan<pollfd_t> descriptors, int timeoutMilliseconds)
    {
        fixed (pollfd_t* fds = descriptors)
        {
            while (true)
            {
                var ready = poll(fds, (nuint)descriptors.Length, timeoutMilliseconds);
                if (ready >= 0) return ready;
                if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR) throw LinuxException.Last("poll", "waiting for descriptors");
            }
        }
    }

    /// <summary>Whether a read would return at once: with bytes, with the end, or with an error.</summary>
    public static bool IsReadable(int descriptor, int timeoutMilliseconds = 0)
    {
        var one = new pollfd_t { fd = descriptor, events = POLLIN };
        return Wait(new ReadOnlySpan<pollfd_t>(ref one), timeoutMilliseconds) != 0;
    }

    /// <summary>Waits until a write would not block, or would fail.</summary>
    /// <exception cref="LinuxException">The system could not wait.</exception>
    public static void WaitWritable(int descriptor)
    {
        var one = new pollfd_t { fd = descriptor, events = POLLOUT };
        Wait(new ReadOnlySpan<pollfd_t>(ref one), timeoutMilliseconds: -1);
    }

    // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(pollfd_t* fds, nuint nfds, int timeout);
}
