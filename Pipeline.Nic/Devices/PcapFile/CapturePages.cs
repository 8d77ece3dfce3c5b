using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>The outcome of a request for bytes.</summary>
internal enum FillStatus
{
    /// <summary>The bytes are there, in one piece.</summary>
    Ready,

    /// <summary>The source has nothing yet.</summary>
    Empty,

    /// <summary>A page is needed and none is free.</summary>
    NoPage,

    /// <summary>The source ended before all of the bytes.</summary>
    End,
}

/// <summary>
/// The bytes of a capture as they pass through pages of a pool. Those from <see cref="At"/> to <see cref="End"/> have been read and not yet
/// parsed. Unparsed bytes at the end of a page are carried over to the start of the next one.
/// </summary>
/// <remarks>It holds the page it fills until that page is full and parsed. Packets found in the page hold it themselves.</remarks>
internal sealed unsafe class CapturePages(CaptureInput input, BlockPagePool pool) : IDisposable
{
    private byte* _start;
    private byte* _limit;
    private uint _poolOffset;
    private long _position;
    private long _toSkip;
    private bool _ended;

    /// <summary>The next byte to parse.</summary>
    public byte* At { get; set; }

    /// <summary>One past the last byte read.</summary>
    public byte* End { get; private set; }

    /// <summary>The page that the bytes lie in; -1 when there is none.</summary>
    public int Page { get; private set; } = -1;

    public int PageSize => pool.PageSize;

    /// <summary>The source's name.</summary>
    public string Name => input.Name;

    /// <inheritdoc cref="CaptureInput.CaptureName"/>
    public string CaptureName => input.CaptureName;

    /// <summary>The current page, for describing packets in it.</summary>
    public FilledPage Filled => new(_start - _poolOffset);

    /// <summary>Bytes that have been read and are left to parse.</summary>
    public long Left => End - At;

    /// <summary>Bytes from the start of the capture to a byte that has not been parsed yet.</summary>
    public long PositionOf(byte* at) => _position + (at - _start);

    /// <summary>Bytes from the start of the capture to the next byte to parse.</summary>
    public long Position => PositionOf(At);

    /// <summary>Skips bytes. They need not have been read yet, and are not kept.</summary>
    public void Skip(long bytes)
    {
        var here = Math.Min(bytes, Left);
        At += here;
        _toSkip += bytes - here;
    }

    /// <summary>Reads until that many bytes lie in one piece at <see cref="At"/>. Never waits.</summary>
    /// <param name="bytes">At most <see cref="PageSize"/>.</param>
    /// <exception cref="Linux.LinuxException">The source could not be read.</exception>
    /// <exception cref="CaptureFormatException">The source cannot be decompressed any further.</exception>
    public FillStatus Ensure(int bytes)
    {
        while (Left < bytes)
        {
            if (_ended) return FillStatus.End;
            if ((Page < 0 || At + bytes > _limit) && !NextPage()) return FillStatus.NoPage;
            if (_toSkip > 0 && input.CanLeap) Leap();
            var got = input.Read(End, Room());
            if (got == CaptureInput.Nothing) return FillStatus.Empty;
            if (got == 0) _ended = true;
            else Take(got);
        }

        return FillStatus.Ready;
    }

    /// <summary>
    /// Takes what has been read for the beginning of a compressed source, and starts again with what is in it. Nothing must have been
    /// parsed.
    /// </summary>
    public void Decompress()
    {
        input.Decompress(new ReadOnlySpan<byte>(At, (int)Left));
        End = At;
        _ended = false;
    }

    /// <summary>Lets go of the page. Nothing can be parsed afterwards.</summary>
    public void Dispose()
    {
        if (Page < 0) return;
        _position = Position;
        pool.ReleaseFilled(Page);
        Page = -1;
        At = End = _limit = _start = null;
    }

    private int Room() => (int)Math.Min(_limit - End, _toSkip > 0 ? _toSkip : long.MaxValue);

    private void Take(int got)
    {
        if (_toSkip == 0)
        {
            End += got;
            return;
        }

        // Skipped bytes are overwritten by the next ones, so the same place then stands for a later position.
        _toSkip -= got;
        _position += got;
    }

    private void Leap()
    {
        input.Leap(_toSkip);
        _position += _toSkip;
        _toSkip = 0;
    }

    private bool NextPage()
    {
        var carried = Left;
        // With nothing to carry over, the old page is released first: it might be the one that is taken again.
        if (carried == 0) Dispose();
        if (!pool.TryRent(out var page)) return false;
        _position = Position;
        fixed (byte* start = pool.PageMemory(page))
        {
            Buffer.MemoryCopy(At, start, pool.PageSize, carried);
            if (Page >= 0) pool.ReleaseFilled(Page);
            Page = page;
            _start = At = start;
        }

        _limit = _start + pool.PageSize;
        _poolOffset = pool.OffsetOf(page);
        End = At + carried;
        return true;
    }
}
