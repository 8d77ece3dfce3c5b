namespace Pipeline.Nic.Compression;

/// <summary>
/// Decompresses a file: gzip members, zstd and lz4 frames, and frames to skip, one after the other in any order. Its memory is bounded by
/// the window that a frame asks for, whatever the length of the file and of what is in it. For one thread.
/// </summary>
/// <param name="input">
/// Reads the next bytes of the file. It never waits, and returns 0 at the end and <see cref="Nothing"/> when no bytes are there yet.
/// </param>
internal sealed class Decompressor(Decompressor.ByteReader input) : IDisposable
{
    /// <summary>The value that <see cref="Read"/> returns when there is nothing yet.</summary>
    public const int Nothing = -1;

    private const int BufferBytes = 256 * 1024;

    // Frames to skip, and members with nothing in them, can go on for ever. After that many bytes the caller looks up.
    private const long MostWithoutOutput = 4 * 1024 * 1024;

    private readonly Members _members = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private MemberDecoder? _member;
    private CompressedDataException? _fault;
    private int _at;
    private int _end;
    private long _bufferAt;
    private bool _inputEnded;

    public delegate int ByteReader(Span<byte> to);

    /// <summary>
    /// Whether <see cref="Read"/> returned <see cref="Nothing"/> only to let the caller look up. It can be called again at once.
    /// </summary>
    public bool IsPausing { get; private set; }

    private long Position => _bufferAt + _at;

    /// <summary>Reads the next decompressed bytes.</summary>
    /// <param name="output">Room for at least one.</param>
    /// <returns>Bytes read; 0 at the end; <see cref="Nothing"/> when none are there yet. Never waits.</returns>
    /// <exception cref="CompressedDataException">
    /// The file is broken from here on. All that could be decompressed before has been read. Every later call throws it again.
    /// </exception>
    public int Read(Span<byte> output)
    {
        var started = Position;
        var written = 0;
        IsPausing = false;
        while (written == 0)
        {
            if (_fault is not null)
            {
                _member?.Give(output, ref written);
                return written > 0 ? written : throw _fault;
            }

            if (Position - started > MostWithoutOutput)
            {
                IsPausing = true;
                return Nothing;
            }

            var (before, member) = (_at, _member);
            Advance(output, ref written);
            if (written > 0 || _at > before || _member != member || _fault is not null) continue;
            if (_inputEnded) return End();
            if (!Fill()) return Nothing;
        }

        return written;
    }

    public void Dispose() => _members.Dispose();

    private ReadOnlySpan<byte> Input => _buffer.AsSpan(0, _end);

    private void Advance(Span<byte> output, ref int written)
    {
        try
        {
            if (_member is null) _member = _members.Next(Input, ref _at, _inputEnded);
            else if (_member.Decode(Input, ref _at, output, ref written)) _member = null;
        }
        catch (BrokenDataException e)
        {
            _fault = new CompressedDataException(Position, e.Message);
        }
    }

    /// <summary>Reads on behind the bytes that are left.</summary>
    /// <returns>False when there is nothing yet.</returns>
    private bool Fill()
    {
        Input[_at..].CopyTo(_buffer);
        _bufferAt += _at;
        _end -= _at;
        _at = 0;
        var got = input(_buffer.AsSpan(_end));
        if (got == Nothing) return false;
        if (got == 0) _inputEnded = true;
        else _end += got;
        return true;
    }

    private int End()
    {
        if (_member is null) return 0;
        _fault = new CompressedDataException(_bufferAt + _end, $"the file breaks off in the {_member.Part} of a {_member.Name}");
        throw _fault;
    }
}
