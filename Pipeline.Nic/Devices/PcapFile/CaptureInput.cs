using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Compression;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// Where a capture's bytes come from: a regular file, which is read at offsets, or another source that can only be read in sequence (a
/// pipe, a terminal, a socket). What is compressed is decompressed on the way. One thread reads; any thread may read the counts.
/// </summary>
internal sealed unsafe partial class CaptureInput : IDisposable
{
    /// <summary>The value that <see cref="Read"/> returns when it would have to wait for bytes.</summary>
    public const int Nothing = Decompressor.Nothing;

    private readonly SafeFileHandle _handle;
    private readonly long _start;
    private long _read;

    private CaptureInput(SafeFileHandle handle, string path, string name)
    {
        _handle = handle;
        Path = path;
        Name = name;
        var kind = Stat.Of(Descriptor, name);
        if (kind.IsDirectory) throw new LinuxException("read", name, Errno.EISDIR);
        IsRegular = kind.IsRegular;
        if (!IsRegular) return;
        // Standard input can be a file that another process has read a part of.
        _start = Unistd.Position(Descriptor, name);
        BytesTotal = Math.Max(0, kind.Bytes - _start);
    }

    /// <summary>As given on the command line.</summary>
    public string Path { get; }

    /// <summary>Its name in messages.</summary>
    public string Name { get; }

    public bool IsRegular { get; }

    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Bytes of the source, compressed or not, that were read or skipped. Any thread.</summary>
    public long BytesRead => Volatile.Read(ref _read);

    /// <summary>The file's size when it was opened; null for a source that is not a file.</summary>
    public long? BytesTotal { get; }

    /// <param name="path">A file name, or <c>-</c> for standard input, which stays open when this is disposed.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to read it.</exception>
    /// <exception cref="IOException">The system cannot open it.</exception>
    public static CaptureInput Open(string path)
    {
        if (path == "-") return OpenStandardInput(path);
        StandardStreams.CheckOpen(path);
        // .NET reports a directory as if a permission were missing.
        if (Directory.Exists(path)) throw new LinuxException("open", path, Errno.EISDIR);
        return Of(OpenPipe(path) ?? OpenHandle(path), path, path);
    }

    /// <summary>Reads the next bytes of the capture.</summary>
    /// <returns>
    /// Bytes read; 0 at the end; <see cref="Nothing"/> when none are there yet. A regular file that is not compressed never returns
    /// <see cref="Nothing"/>.
    /// </returns>
    /// <exception cref="LinuxException">The source could not be read.</exception>
    /// <exception cref="CaptureFormatException">It cannot be decompressed any further.</exception>
    public int Read(byte* buffer, int room) => _decompressor is null ? ReadSource(buffer, room) : ReadDecompressed(buffer, room);

    /// <summary>Skips bytes of a regular file. After a skip beyond its end, the next read finds the end.</summary>
    public void Leap(long bytes) => Volatile.Write(ref _read, _read + bytes);

    /// <summary>Waits until a read would not return <see cref="Nothing"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while nothing came.</exception>
    public void WaitReadable(CancellationToken cancel)
    {
        const int CancelCheckMilliseconds = 100;
        if (IsReady)
        {
            cancel.ThrowIfCancellationRequested();
            return;
        }

        while (!Poll.IsReadable(Descriptor, CancelCheckMilliseconds)) cancel.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _decompressor?.Dispose();
        _handle.Dispose();
    }

    // It asks first, and does not make an inherited descriptor non-blocking: that flag would affect every process that shares it.
    private nint ReadReady(byte* buffer, int room)
    {
        if (!Poll.IsReadable(Descriptor)) return Nothing;
        try
        {
            return Unistd.Read(Descriptor, buffer, (nuint)room, Name);
        }
        catch (LinuxException e) when (e.Errno == Errno.EAGAIN)
        {
            // Another reader of the same pipe was faster.
            return Nothing;
        }
    }

    private int ReadSource(byte* buffer, int room)
    {
        var got = IsRegular ? Unistd.ReadAt(Descriptor, buffer, (nuint)room, _start + _read, Name) : ReadReady(buffer, room);
        if (got > 0) Volatile.Write(ref _read, _read + got);
        return (int)got;
    }
}
