using Pipeline.Nic.Consumers;

namespace Pipeline.Host.Tapping;

/// <summary>The file or the stream that a tap is written to. Errors name it.</summary>
internal sealed class TapOutput : IDisposable
{
    private readonly Stream _stream;
    private readonly string _name;

    private TapOutput(Stream stream, string name) => (_stream, _name) = (stream, name);

    /// <param name="path">A file, which is overwritten, or <c>-</c> for standard output.</param>
    /// <exception cref="UsageException">It is a terminal, or promises to be compressed.</exception>
    /// <exception cref="OutputException">It cannot be made.</exception>
    public static TapOutput Open(string path, Terminal terminal)
    {
        if (path == "-" && terminal.OutIsTerminal)
            throw new UsageException("will not write packets to a terminal; pipe them into a program (| wireshark -k -i -), give -w a file name, or --listen 127.0.0.1:57012");
        if (path == "-") return new(terminal.OpenOut(), "standard output");
        if (CompressedOutput.Refuse(path) is { } why) throw new UsageException($"-w {path}: {why}");
        try
        {
            return new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OutputException(path, $"cannot be created: {error.Message}");
        }
    }

    /// <exception cref="IOException">It cannot be written.</exception>
    public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        try
        {
            _stream.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }
        catch (IOException error) when (error is not OutputException)
        {
            throw new IOException($"{_name} cannot be written: {error.Message}", error);
        }
    }

    public void Dispose() => _stream.Dispose();
}
