using System.Net.Sockets;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Links;

/// <summary>
/// A connected TCP socket as a stream whose waits can be interrupted, which is what a link needs: its thread blocks in reading, and still
/// has to send acknowledgements at once when bundles come home. TLS goes on top: give it to an
/// <see cref="System.Net.Security.SslStream"/> as the inner stream, authenticate, and give both to <see cref="LinkConnection"/>.
/// </summary>
/// <remarks>
/// It owns the socket. Until it belongs to a link, all that is read and written must be done within <see cref="Patience"/>. One thread at
/// a time reads and writes; <see cref="Stream.Close"/> is for that thread too.
/// </remarks>
public sealed class WireStream : Stream
{
    private const int TickMilliseconds = 100;

    private readonly Socket _socket;
    private readonly LinkBell _bell = new();
    private readonly int _descriptor;
    private readonly string _peer;
    private readonly long _created = Environment.TickCount64;
    private IWireOwner? _owner;
    private long _read;
    private bool _isClosed;

    /// <param name="socket">Connected. The wire owns it from now on.</param>
    public WireStream(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.NoDelay = true;
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        _peer = $"link with {socket.RemoteEndPoint}";
    }

    /// <summary>How long it may take, from the wire's making on, until it belongs to a link. Five seconds, unless it is set.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The peer, in messages.</summary>
    internal string Peer => _peer;

    internal LinkBell Bell => _bell;

    /// <summary>Whether bytes, the end or an error can be read without waiting.</summary>
    internal bool IsReadable => (Ready(Poll.POLLIN, 0) & ~Poll.POLLOUT) != 0;

    /// <summary>Bytes that have come so far, whether or not they have been read. Only for the thread that reads.</summary>
    internal long Arrived => _read + _socket.Available;

    /// <summary>Whether a short frame can be written without waiting: a third of the socket's buffer is free (tcp(7)).</summary>
    internal bool IsWritable => (Ready(Poll.POLLOUT, 0) & Poll.POLLOUT) != 0;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    internal void Belong(IWireOwner owner) => _owner = owner;

    /// <summary>Sleeps until bytes come, the bell rings, or the time is up. The bell must have been armed or muted.</summary>
    internal void Sleep(int milliseconds)
    {
        Ready(Poll.POLLIN, _bell.MaySleep ? milliseconds : 0);
        _bell.Disarm();
    }

    /// <summary>Sleeps until the bell rings or the time is up, whether or not bytes come. The bell must have been armed or muted.</summary>
    internal void SleepForBell(int milliseconds)
    {
        var bell = new Poll.pollfd_t { fd = _bell.Descriptor, events = Poll.POLLIN };
        if (Poll.Wait(new ReadOnlySpan<Poll.pollfd_t>(ref bell), _bell.MaySleep ? milliseconds : 0) != 0) _bell.Hush();
        _bell.Disarm();
    }

    /// <inheritdoc/>
    /// <returns>How many bytes; 0 at the end, and where the link that owns the wire is to end.</returns>
    /// <exception cref="IOException">The connection is broken, or nothing came for too long.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var read = SysSocket.TryRead(_descriptor, buffer, _peer);
            if (read >= 0)
            {
                _read += read;
                return read;
            }

            _bell.Arm();
            var most = _owner is null ? Left() : _owner.BeforeWaitingToRead();
            if (most < 0) return 0;
            Sleep(most);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">
    /// The connection is broken, nothing could be sent for too long, or the link that owns the wire is to end.
    /// </exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var sent = SysSocket.TryWrite(_descriptor, buffer, _peer);
            if (sent >= 0)
            {
                buffer = buffer[sent..];
                continue;
            }

            var reads = _owner?.ReadsWhileWriting ?? false;
            var ready = Ready(reads ? (short)(Poll.POLLIN | Poll.POLLOUT) : Poll.POLLOUT, TickMilliseconds);
            if (_owner is null) Left();
            else if (!_owner.MayGoOnWriting((ready & Poll.POLLIN) != 0)) throw new IOException($"{_peer}: it ended while a frame was sent");
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: nothing is kept back.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isClosed)
        {
            _isClosed = true;
            _socket.Dispose();
            _bell.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Left()
    {
        var left = (long)Patience.TotalMilliseconds - (Environment.TickCount64 - _created);
        return left > 0 ? (int)Math.Min(left, TickMilliseconds) : throw new IOException($"{_peer}: no hello was said within {Patience}");
    }

    /// <returns>What the socket is ready for; errors and the end count as bytes.</returns>
    private short Ready(short events, int milliseconds)
    {
        ReadOnlySpan<Poll.pollfd_t> both =
        [
            new() { fd = _descriptor, events = events },
            new() { fd = _bell.Descriptor, events = Poll.POLLIN },
        ];
        Poll.Wait(both, milliseconds);
        if (both[1].revents != 0) _bell.Hush();
        return both[0].revents;
    }
}
