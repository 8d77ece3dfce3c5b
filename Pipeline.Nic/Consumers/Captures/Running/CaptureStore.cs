using System.Diagnostics;

namespace Pipeline.Nic.Consumers.Captures.Running;

/// <summary>
/// The bytes of a capture file in memory. One thread appends, any number read at their own speed from any place. Any thread.
/// </summary>
/// <param name="forgets">Whether what lies before the last place of reading is forgotten. There is one reader then.</param>
[DebuggerDisplay("{_length} bytes, complete {_isComplete}")]
internal sealed class CaptureStore(bool forgets)
{
    private const int SegmentBytes = 1 << 16;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _segments = [];

    /// <summary>One that was forgotten and is used again. A reader that keeps up needs no third.</summary>
    private byte[]? _spare;

    /// <summary>The last one, which is the appending thread's own.</summary>
    private byte[] _open = [];
    private long _forgotten;
    private long _readUpTo;
    private TaskCompletionSource _more = NewSignal();
    private long _length;
    private long _published;
    private bool _isComplete;

    /// <summary>Bytes that readers see.</summary>
    public long Length
    {
        get
        {
            lock (_lock) return _published;
        }
    }

    /// <summary>Bytes appended, also those that are not published yet. Only for the appending thread.</summary>
    public long Appended => _length;

    /// <summary>Bytes appended that nobody has read yet, where what is read is forgotten. Only for the appending thread.</summary>
    public long Waiting => _length - Volatile.Read(ref _readUpTo);

    /// <summary>Readers see it after <see cref="Publish"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var at = (int)(_length % SegmentBytes);
            if (at == 0) AddSegment();
            var piece = Math.Min(bytes.Length, SegmentBytes - at);
            bytes[..piece].CopyTo(_open.AsSpan(at));
            bytes = bytes[piece..];
            _length += piece;
        }
    }

    /// <summary>Shows readers what was appended, and wakes those that wait.</summary>
    /// <param name="isLast">Whether nothing more will be appended.</param>
    public void Publish(bool isLast = false)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            if (_published == _length && !isLast) return;
            (_published, _isComplete) = (_length, _isComplete || isLast);
            (more, _more) = (_more, NewSignal());
        }

        more.TrySetResult();
    }

    /// <param name="at">Where to read. Where what is read is forgotten, the reader has no more use for anything before it.</param>
    /// <returns>How many bytes were read; 0 where there are none after <paramref name="at"/> yet, or never will be.</returns>
    public int Read(long at, Span<byte> into)
    {
        lock (_lock)
        {
            if (forgets) Forget(at);
            if (at >= _published) return 0;
            var start = (int)(at % SegmentBytes);
            var length = (int)Math.Min(Math.Min(into.Length, _published - at), SegmentBytes - start);
            _segments[(int)((at / SegmentBytes) - _forgotten)].AsSpan(start, length).CopyTo(into);
            return length;
        }
    }

    /// <summary>Waits until there is something to read.</summary>
    /// <returns>False at the end of the file.</returns>
    public async ValueTask<bool> WaitBeyond(long at, CancellationToken stop)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_published > at) return true;
                if (_isComplete) return false;
                more = _more.Task;
            }

            await more.WaitAsync(stop);
        }
    }

    private void Forget(long upTo)
    {
        Volatile.Write(ref _readUpTo, upTo);
        for (; (_forgotten + 1) * SegmentBytes <= upTo; _forgotten++)
        {
            _spare = _segments[0];
            _segments.RemoveAt(0);
        }
    }

    private void AddSegment()
    {
        lock (_lock)
        {
            (_open, _spare) = (_spare ?? new byte[SegmentBytes], null);
            _segments.Add(_open);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
