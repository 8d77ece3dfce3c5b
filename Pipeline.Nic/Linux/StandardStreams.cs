using System.Globalization;

namespace Pipeline.Nic.Linux;

/// <summary>
/// The three streams that a process is given. A stream that was closed when the process began is never used: its number then belongs to the
/// first file opened, and the runtime opens files before any of this code runs.
/// </summary>
public static class StandardStreams
{
    /// <summary>The name of standard input in messages.</summary>
    public const string InputName = "standard input";

    /// <summary>The name of standard output in messages.</summary>
    public const string OutputName = "standard output";

    /// <summary>The name of standard error in messages.</summary>
    public const string ErrorName = "standard error";

    /// <summary>
    /// Standard input's descriptor. It can be an unrelated file if the stream was closed at the start (<see cref="IsOpen"/>).
    /// </summary>
    public const int Input = Unistd.STDIN_FILENO;

    /// <summary>Standard output's descriptor, with the same caution.</summary>
    public const int Output = Unistd.STDOUT_FILENO;

    /// <summary>Standard error's descriptor, with the same caution.</summary>
    public const int Error = Unistd.STDERR_FILENO;

    /// <summary>
    /// Whether this process is our own program, so that nothing in it opens descriptors for users to name. A program that embeds a pipeline
    /// might open some.
    /// </summary>
    private static volatile bool _isOurProgram;

    /// <summary>The ways to name an open descriptor as a file (proc(5), Linux).</summary>
    private static readonly string[] DescriptorFolders = ["/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"];

    /// <summary>Whether the process was given this stream when it was started.</summary>
    public static bool IsOpen(int stream) => Fcntl.IsInherited(stream);

    /// <summary>Whether a person is probably at the other end: the stream is open and is a terminal.</summary>
    public static bool IsTerminal(int stream) => IsOpen(stream) && Unistd.IsTerminal(stream);

    /// <summary>
    /// Takes the numbers of streams that are closed, so that no file opened later gets one of them and the data meant for that stream. Only
    /// our own program may call it, before anything else, on the first thread: from here on no name leads to a descriptor that the process
    /// was not given.
    /// </summary>
    public static void Reserve()
    {
        _isOurProgram = true;

        // Open takes the lowest free number. A number above these is not needed.
        int taken;
        do taken = Fcntl.Open("/dev/null", Fcntl.O_RDONLY, out _);
        while (taken is >= 0 and < Error);
        if (taken > Error) Unistd.Close(taken);
    }

    /// <summary>
    /// Whether a name such as <c>/dev/stdin</c> or <c>/dev/fd/3</c> stands for a descriptor that is not open, or for a stream that the
    /// process was not given. Such a name leads to something of the runtime's own. In our own program that is true of every descriptor that
    /// the process was not given. A program that embeds a pipeline might have opened the descriptor itself, and can name it.
    /// </summary>
    /// <param name="name">Its name in messages.</param>
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

    /// <summary>The name of a stream in messages; null for other descriptors.</summary>
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
