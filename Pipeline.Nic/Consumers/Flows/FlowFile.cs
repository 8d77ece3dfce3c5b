using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>The file that flows are reported into, through a buffer. For one thread at a time.</summary>
internal sealed class FlowFile
{
    private const int BufferBytes = 1 << 16;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly OutputFile _file;
    private int _used;
    private bool _isOver;

    /// <param name="path">Its name; <c>-</c> is standard output.</param>
    /// <param name="files">The files that it must not destroy; null where none are known.</param>
    /// <exception cref="OutputException">It cannot be made.</exception>
    public FlowFile(string path, FilesInUse? files = null)
    {
        _file = path == "-" ? OutputFile.StandardOutput(files) : OutputFile.Create(path, files);
        FlowText.Header.CopyTo(_buffer);
        _used = FlowText.Header.Length;
    }

    public string Name => _file.Name;

    /// <summary>Lines in the file, without the first line and those still in the buffer.</summary>
    public long Written { get; private set; }

    private long Waiting { get; set; }

    /// <exception cref="OutputException">The file can take no more.</exception>
    public void Add(in Flow flow, FlowEnd end)
    {
        if (_buffer.Length - _used < FlowText.LongestLine) Flush();
        _used += FlowText.Write(_buffer.AsSpan(_used), flow, end);
        Waiting++;
    }

    /// <exception cref="OutputException">The file can take no more.</exception>
    public void Flush()
    {
        var (bytes, lines) = (_used, Waiting);
        (_used, Waiting) = (0, 0);
        if (bytes == 0 || _isOver) return;
        _file.Write(_buffer.AsSpan(0, bytes), out var error);
        if (error == Errno.None) Written += lines;
        else throw Failed(error);
    }

    /// <exception cref="OutputException">The file could not be finished.</exception>
    public void Close()
    {
        if (_isOver) return;
        Flush();
        _isOver = true;
        _file.Close();
    }

    private OutputException Failed(Errno error)
    {
        _isOver = true;
        try
        {
            _file.Close();
        }
        catch (OutputException)
        {
            // The first error says more.
        }

        return _file.Failure(error);
    }
}
