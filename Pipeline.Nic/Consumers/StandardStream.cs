using System.Runtime.InteropServices;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// One of the process's standard streams, without a buffer and without the console's habits: what cannot be read or written is said so.
/// It stays open when this is disposed. Writing is for one thread at a time.
/// </summary>
public sealed class StandardStream : Stream
{
    private readonly int _descriptor;
    private readonly string _name;

    private StandardStream(int descriptor, string name) => (_descriptor, _name) = (descriptor, name);

    public static StandardStream Input => new(StandardStreams.Input, StandardStreams.InputName);

    public static StandardStream Output => new(StandardStreams.Output, StandardStreams.OutputName);

    /// <summary>Takes everything: what its descriptor does not take is lost without a word, because there is nobody left to tell.</summary>
    public static StandardStream Error => new(StandardStreams.Error, StandardStreams.ErrorName);

    public override bool CanRead => _descriptor == StandardStreams.Input;

    public override bool CanWrite => !CanRead;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    /// <exception cref="LinuxException">It is closed, or cannot be read.</exception>
    public override unsafe int Read(Span<byte> buffer)
    {
        if (!StandardStreams.IsOpen(_descriptor)) throw new LinuxException("read", _name, Errno.EBADF);
        fixed (byte* to = buffer)
        {
            while (true)
            {
                var got = (int)Unistd.Read(_descriptor, to, (nuint)buffer.Length, _name);
                if (got >= 0) return got;
                Poll.IsReadable(_descriptor, timeoutMilliseconds: -1);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="OutputException">Standard output is closed, or cannot be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var error = Errno.EBADF;
        if (StandardStreams.IsOpen(_descriptor)) Unistd.WriteAll(_descriptor, buffer, out error);
        if (error == Errno.None || _descriptor == StandardStreams.Error) return;
        throw new OutputException(_name, $"cannot be written: {Marshal.GetPInvokeErrorMessage((int)error)} ({error})", isClosedPipe: error == Errno.EPIPE);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
