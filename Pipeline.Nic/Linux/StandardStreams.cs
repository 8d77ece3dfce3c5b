using System.Globalization;

namespace Pipeline.Nic.Linux;

/// <summary>
/// The three streams that a process is given. One that was closed when the process began is never used: its number then belongs to
/// whatever was opened first, which the runtime does before any code of ours.
/// </summary>
public static class StandardStreams
{
    /// <summary>How messages call standard input.</summary>
    public const string InputName = "standard input";

    /// <summary>How messages call standard output.</summary>
    public const string OutputName = "standard output";

    /// <summary>How messages call standard error.</summary>
    public const string ErrorName = "standard error";

    /// <summary>
    /// Standard input's descriptor. It may be somebody else's file where the stream was closed at the start (<see cref="IsOpen"/>).
    /// </summary>
    public const int Input = Unistd.STDIN_FILENO;

    /// <summary>Standard output's descriptor, with the same caution.</summary>
    public const int Output = Unistd.STDOUT_FILENO;

    /// <summary>Standard error's descriptor, with the same caution.</summary>
    public const int Error = Unistd.STDERR_FILENO;

    /// <summary>Whether nothing in this process opens descriptors for somebody to name, as a program that embeds a pipeline may.</summary>
    private static volatile bool _isOurProgram;

    /// <summary>The ways to name an open descriptor as a file (proc(5), Linux).</summary>
    private static readonly string[] DescriptorFolders = ["/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"];

    /// <summary>Whether whoever started the process gave it this stream.</summary>
    public static bool IsOpen(int stream) => Fcntl.IsInherited(stream);

    /// <summary>Whether a person is likely to be at the other end: the stream is open and a terminal.</summary>
    public static bool IsTerminal(int stream) => IsOpen(stream) && Unistd.IsTerminal(stream);

    /// <summary>
    /// Takes the numbers of streams that are closed, so that no file opened later gets one of them, and with it what is meant for the
    /// stream. First of all, on the first thread, by a program of ours: from here on no name leads to a descriptor that the process was
    /// not given.
    /// </summary>
    public static void Reserve()
    {
        _isOurProgram = true;

        // Open takes the lowest free number. One above these was not needed.
        int taken;
        do taken = Fcntl.Open("/dev/null", Fcntl.O_RDONLY, out _);
        while (taken is >= 0 and < Error);
        if (taken > Error) Unistd.Close(taken);
    }

    /// <summary>
    /// Whether a name such as <c>/dev/stdin</c> or <c>/dev/fd/3</c> stands for a descriptor that is not open, or for a stream that the
    /// process was not given. That leads to something of the runtime's own. In a program of ours no other descriptor is any better; a
    /// program that embeds a pipeline may have opened it, and may name it.
    /// </summary>
    /// <param name="name">How messages call it.</param>
    public static bool IsClosed(string path, out string name)
    {
        var descriptor = DescriptorOf(path);
        name = descriptor is { } number ? NameOf(number) ?? path : path;
        return descriptor is { } one && !(one > Error && !_isOurProgram ? Fcntl.IsOpen(one) : Fcntl.IsInherited(one));
    }

    /// <summary>Refuses a name before it is opened, where opening it would lead to something of the runtime's own.</summary>
    /// <param name="path">A file's name, as the user gave it.</param>
    /// <exception cref="LinuxException">The name stands for a descriptor as <see cref="IsClosed"/> says.</exception>
    public static void CheckOpen(string path)
    {
        if (IsClosed(path, out var name)) throw new LinuxException("open", name, Errno.EBADF);
    }

    /// <summary>How messages name a stream; null for other descriptors.</summary>
    internal static string? NameOf(int descriptor) => descriptor switch
    {
        Input => InputName,
        Output => OutputName,
        Error => ErrorName,
        _ => null,
    };

    private static int? DescriptorOf(string path)
    {
        if (path == "/dev/stdin") return Input;
        if (path == "/dev/stdout") return Output;
        if (path == "/dev/stderr") return Error;
        var folder = DescriptorFolders.FirstOrDefault(f => path.StartsWith(f, StringComparison.Ordinal));
        return folder is not null && int.TryParse(path[folder.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }
}
