using System.Runtime.InteropServices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>An open output: its name and its descriptor. For one thread at a time.</summary>
internal sealed class OutputFile
{
    // rw for all, less the umask, as with tcpdump and every fopen.
    private const uint Mode = 0x1B6;

    private readonly int _descriptor;
    private readonly FilesInUse? _files;

    // Without this a file size limit (ulimit -f) would end the process in the middle of a packet, and nothing would be accounted for.
    static OutputFile() => Signal.IgnoreFileSizeLimit();

    private OutputFile(string name, int descriptor, FilesInUse? files)
    {
        Name = name;
        _descriptor = descriptor;
        _files = files;
    }

    /// <summary>The path, or "standard output".</summary>
    public string Name { get; }

    /// <summary>
    /// Which file it is; null for an output that is not a file. The writer of a series uses it to see whether a name still leads to the
    /// same file.
    /// </summary>
    public FileIdentity? Identity => FileIdentity.Of(_descriptor);

    /// <param name="files">The files that must not be destroyed; null where none are known.</param>
    /// <exception cref="OutputException">The process has no standard output, or it leads to a file in use.</exception>
    public static OutputFile StandardOutput(FilesInUse? files)
    {
        var output = new OutputFile(StandardStreams.OutputName, Unistd.STDOUT_FILENO, files);
        if (!StandardStreams.IsOpen(Unistd.STDOUT_FILENO)) throw output.Failure(Errno.EBADF);
        files?.Take(Unistd.STDOUT_FILENO, output.Name);
        return output;
    }

    /// <summary>Makes the file, or empties an existing one.</summary>
    /// <inheritdoc cref="StandardOutput"/>
    /// <exception cref="OutputException">It cannot be made, or is a file in use.</exception>
    public static OutputFile Create(string path, FilesInUse? files)
    {
        // The file is emptied only when its identity is known.
        var file = Open(path, Fcntl.O_WRONLY | Fcntl.O_CREAT, "created", files);
        try
        {
            files?.Take(file._descriptor, path);
            var error = Stat.Of(file._descriptor, path).IsRegular ? Unistd.Empty(file._descriptor) : Errno.None;
            return error == Errno.None ? file : throw new OutputException(path, $"cannot be emptied: {Words(error)}");
        }
        catch
        {
            Unistd.Close(file._descriptor);
            throw;
        }
    }

    /// <summary>Opens a file made before and continues at its end.</summary>
    /// <inheritdoc cref="StandardOutput"/>
    /// <exception cref="OutputException">It cannot be opened, or its name leads by now to another file that is in use.</exception>
    public static OutputFile Continue(string path, FilesInUse? files)
    {
        var file = Open(path, Fcntl.O_WRONLY | Fcntl.O_APPEND, "opened again", files);
        try
        {
            files?.Take(file._descriptor, path);
            return file;
        }
        catch
        {
            Unistd.Close(file._descriptor);
            throw;
        }
    }

    /// <returns>Bytes the kernel took. If it did not take all of them, <paramref name="error"/> says why.</returns>
    public int Write(ReadOnlySpan<byte> bytes, out Errno error) => Unistd.WriteAll(_descriptor, bytes, out error);

    /// <summary>Removes the last bytes written. Only a regular file allows it.</summary>
    /// <returns>Whether the output ends where it should.</returns>
    public bool CutBack(long bytes) => bytes == 0 || Unistd.CutBack(_descriptor, bytes);

    /// <summary>Closes it; standard output stays open, since it is the process's.</summary>
    /// <exception cref="OutputException">What had been written was lost after all (write-behind file systems say so here).</exception>
    public void Close()
    {
        _files?.Release(_descriptor);
        if (_descriptor == Unistd.STDOUT_FILENO) return;
        var error = Unistd.Close(_descriptor);
        if (error != Errno.None) throw Failure(error);
    }

    public OutputException Failure(Errno error) =>
        new(Name, $"cannot be written: {Words(error)}", isClosedPipe: error == Errno.EPIPE);

    private static OutputFile Open(string path, int flags, string what, FilesInUse? files)
    {
        if (StandardStreams.IsClosed(path, out var stream)) throw new OutputException(stream, $"cannot be written: {Words(Errno.EBADF)}");
        var descriptor = Fcntl.Open(path, flags, out var error, Mode);
        if (descriptor >= 0) return new OutputFile(path, descriptor, files);
        throw new OutputException(path, $"cannot be {what}: {Reason(path, error)}");
    }

    private static string Reason(string path, Errno error)
    {
        var folder = Path.GetDirectoryName(FullPath.Of(path));
        return error == Errno.ENOENT && !Directory.Exists(folder) ? $"there is no folder {folder}" : Words(error);
    }

    private static string Words(Errno error) => $"{Marshal.GetPInvokeErrorMessage((int)error)} ({error})";
}
