using System.Diagnostics;

namespace Pipeline.Nic.Consumers.Captures.Running;

/// <summary>
/// The bytes of a capture file in memory. One thread appends, any number read at their own speed from any place. Any thread.
/// </summary>
[DebuggerDisplay("{_length} bytes, complete {_isComplete}")]
internal sealed class CaptureStore
{
    private const int SegmentBytes = 1 << 16;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _segments = [];
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

    /// <summary>Readers see it after <see cref="Publish"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var at = (int)(_length % SegmentBytes);
            if (at == 0) AddSegment();
            var piece = Math.Min(bytes.Length, SegmentBytes - at);
            bytes[..piece].CopyTo(_segments[^1].AsSpan(at));
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

    /// <returns>How many bytes were read; 0 where there are none after <paramref name="at"/> yet, or never will be.</returns>
    public int Read(long at, Span<byte> into)
    {
        lock (_lock)
        {
            if (at >= _published) return 0;
            var start = (int)(at % SegmentBytes);
            var length = (int)Math.Min(Math.Min(into.Length, _published - at), SegmentBytes - start);
            _segments[(int)(at / SegmentBytes)].AsSpan(start, length).CopyTo(into);
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

    private void AddSegment()
    {
        var segment = new byte[SegmentBytes];
        lock (_lock) _segments.Add(segment);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
