using System.Runtime.InteropServices;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// One of the process's standard streams. It has no buffer, and unlike the console it reports errors of reading and writing.
/// It stays open when this is disposed. Writing is for one thread at a time.
/// </summary>
public sealed class StandardStream : Stream
{
    private readonly int _descriptor;
    private readonly string _name;

    private StandardStream(int descriptor, string name) => (_descriptor, _name) = (descriptor, name);

    /// <summary>
    /// Standard input. Reading waits for bytes, and returns 0 at its end. A new object each time, over the same descriptor.
    /// </summary>
    public static StandardStream Input => new(StandardStreams.Input, StandardStreams.InputName);

    /// <summary>Standard output. Writing waits until everything is written. A new object each time, over the same descriptor.</summary>
    public static StandardStream Output => new(StandardStreams.Output, StandardStreams.OutputName);

    /// <summary>
    /// Takes everything. Bytes that its descriptor does not take are lost silently, because there is nobody left to tell.
    /// </summary>
    public static StandardStream Error => new(StandardStreams.Error, StandardStreams.ErrorName);

    /// <summary>True for <see cref="Input"/> alone.</summary>
    public override bool CanRead => _descriptor == StandardStreams.Input;

    /// <summary>True for <see cref="Output"/> and <see cref="Error"/>.</summary>
    public override bool CanWrite => !CanRead;

    /// <summary>False, also where the shell redirected the stream to a file.</summary>
    public override bool CanSeek => false;

    /// <summary>Not known for a stream.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not known for a stream.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Does nothing: there is no buffer.</summary>
    public override void Flush()
    {
    }

    /// <summary>Reads the bytes that are there, and waits if there are none.</summary>
    /// <returns>Bytes read; 0 at the end of the stream.</returns>
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

    /// <inheritdoc cref="Read(Span{byte})"/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Writes all of it, and waits as long as the reader is slow.</summary>
    /// <exception cref="OutputException">Standard output is closed, or cannot be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var error = Errno.EBADF;
        if (StandardStreams.IsOpen(_descriptor)) Unistd.WriteAll(_descriptor, buffer, out error);
        if (error == Errno.None || _descriptor == StandardStreams.Error) return;
        throw new OutputException(
            _name, $"cannot be written: {Marshal.GetPInvokeErrorMessage((int)error)} ({error})", isClosedPipe: error == Errno.EPIPE);
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Not possible on a stream.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not possible on a stream.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException();
}
