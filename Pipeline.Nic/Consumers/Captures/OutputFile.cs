using System.Runtime.InteropServices;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>An open output: its name and its descriptor. For one thread at a time.</summary>
internal sealed class OutputFile
{
    // rw for all, less the umask: what tcpdump and every fopen give.
    private const uint Mode = 0x1B6;

    private readonly int _descriptor;

    // Without this a file size limit (ulimit -f) would end the process in the middle of a packet, and nothing would be accounted for.
    static OutputFile() => Signal.IgnoreFileSizeLimit();

    private OutputFile(string name, int descriptor)
    {
        Name = name;
        _descriptor = descriptor;
    }

    /// <summary>The path, or "standard output".</summary>
    public string Name { get; }

    public static OutputFile StandardOutput { get; } = new("standard output", Unistd.STDOUT_FILENO);

    /// <summary>Makes the file, or empties the one there is.</summary>
    /// <exception cref="OutputException">It cannot be made.</exception>
    public static OutputFile Create(string path) => Open(path, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_TRUNC, "created");

    /// <summary>Goes on at the end of a file made before.</summary>
    /// <exception cref="OutputException">It cannot be opened.</exception>
    public static OutputFile Continue(string path) => Open(path, Fcntl.O_WRONLY | Fcntl.O_APPEND, "opened again");

    /// <returns>Bytes the kernel took; all of them unless <paramref name="error"/> says why not.</returns>
    public int Write(ReadOnlySpan<byte> bytes, out Errno error) => Unistd.WriteAll(_descriptor, bytes, out error);

    /// <summary>Takes the last bytes written off again, which only a regular file allows.</summary>
    /// <returns>Whether the output ends where it should.</returns>
    public bool CutBack(long bytes) => bytes == 0 || Unistd.CutBack(_descriptor, bytes);

    /// <summary>Closes it; standard output stays open, since it is the process's.</summary>
    /// <exception cref="OutputException">What had been written was lost after all (write-behind file systems say so here).</exception>
    public void Close()
    {
        if (_descriptor == Unistd.STDOUT_FILENO) return;
        var error = Unistd.Close(_descriptor);
        if (error != Errno.None) throw Failure(error);
    }

    public OutputException Failure(Errno error) =>
        new(Name, $"cannot be written: {Words(error)}", isClosedPipe: error == Errno.EPIPE);

    private static OutputFile Open(string path, int flags, string what)
    {
        var descriptor = Fcntl.Open(path, flags, out var error, Mode);
        if (descriptor >= 0) return new OutputFile(path, descriptor);
        throw new OutputException(path, $"cannot be {what}: {Reason(path, error)}");
    }

    private static string Reason(string path, Errno error)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return error == Errno.ENOENT && !Directory.Exists(folder) ? $"there is no folder {folder}" : Words(error);
    }

    private static string Words(Errno error) => $"{Marshal.GetPInvokeErrorMessage((int)error)} ({error})";
}
