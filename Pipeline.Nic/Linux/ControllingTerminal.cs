namespace Pipeline.Nic.Linux;

/// <summary>The terminal that the process was started from.</summary>
public static class ControllingTerminal
{
    /// <summary>
    /// Whether there is one. When the terminal is closed, the kernel takes it from every process of the session before it notifies any of
    /// them (tty(4), Linux, drivers/tty/tty_jobctrl.c).
    /// </summary>
    public static bool IsThere()
    {
        var terminal = Fcntl.Open("/dev/tty", Fcntl.O_RDONLY | Fcntl.O_NOCTTY | Fcntl.O_NONBLOCK, out _);
        if (terminal < 0) return false;
        Unistd.Close(terminal);
        return true;
    }
}
