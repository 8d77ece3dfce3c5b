using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>
/// termios.h: lets the program at a terminal have each key as it is pressed, unseen. The keys that send signals still send them.
/// Any thread.
/// </summary>
public sealed unsafe partial class TerminalMode : IDisposable
{
    // Linux, include/uapi/asm-generic/termbits.h, termbits-common.h, ioctls.h
    private const int TCSANOW = 0;
    private const uint ICANON = 2;
    private const uint ECHO = 8;
    private const int VTIME = 5;
    private const int VMIN = 6;
    private const nuint TIOCGWINSZ = 0x5413;

    private readonly Lock _gate = new();
    private readonly int _descriptor;
    private readonly termios_t _before;
    private bool _isTaken;

    private TerminalMode(int descriptor, in termios_t before) => (_descriptor, _before) = (descriptor, before);

    /// <summary>Finds out how a terminal is set, and changes nothing yet.</summary>
    /// <param name="descriptor">Such as <see cref="StandardStreams.Input"/>.</param>
    /// <returns>Null where it is no terminal.</returns>
    public static TerminalMode? Of(int descriptor)
    {
        termios_t mode;
        return tcgetattr(descriptor, &mode) == 0 ? new TerminalMode(descriptor, mode) : null;
    }

    /// <summary>The size of a terminal in characters.</summary>
    /// <param name="descriptor">Such as <see cref="StandardStreams.Output"/>.</param>
    /// <returns>Null where it is no terminal, or one of unknown size.</returns>
    public static (int Width, int Height)? SizeOf(int descriptor)
    {
        winsize_t size;
        return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size is { ws_col: > 0, ws_row: > 0 } ? (size.ws_col, size.ws_row) : null;
    }

    /// <summary>From now on keys come one by one and are not shown. Does nothing where that is so already.</summary>
    public void Take()
    {
        lock (_gate)
        {
            var mode = _before;
            mode.c_lflag &= ~(ICANON | ECHO);
            mode.c_cc[VMIN] = 1;
            mode.c_cc[VTIME] = 0;
            _isTaken = tcsetattr(_descriptor, TCSANOW, &mode) == 0;
        }
    }

    /// <summary>Sets the terminal as it was found. <see cref="Take"/> may follow.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            if (!_isTaken) return;
            var mode = _before;
            _ = tcsetattr(_descriptor, TCSANOW, &mode);
            _isTaken = false;
        }
    }

    /// <inheritdoc cref="Restore"/>
    public void Dispose() => Restore();

    // struct termios of glibc and musl (bits/termios-struct.h): 60 bytes on x86 and Arm.
    [StructLayout(LayoutKind.Sequential)]
    private struct termios_t
    {
        public uint c_iflag;
        public uint c_oflag;
        public uint c_cflag;
        public uint c_lflag;
        public byte c_line;
        public fixed byte c_cc[32];
        public uint c_ispeed;
        public uint c_ospeed;
    }

    // struct winsize (include/uapi/asm-generic/termios.h)
    [StructLayout(LayoutKind.Sequential)]
    private struct winsize_t
    {
        public ushort ws_row;
        public ushort ws_col;
        public ushort ws_xpixel;
        public ushort ws_ypixel;
    }

    // int tcgetattr(int fd, struct termios *termios_p);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(int fd, termios_t* termios_p);

    // int tcsetattr(int fd, int optional_actions, const struct termios *termios_p);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcsetattr(int fd, int optional_actions, termios_t* termios_p);

    // int ioctl(int fd, unsigned long request, ...);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, winsize_t* argp);
}
