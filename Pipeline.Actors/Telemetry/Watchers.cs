using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipeline.Actors.Telemetry;

/// <summary>The watchers of a pipeline. Each gets only the latest view, however slow it is. Any thread.</summary>
internal sealed class Watchers
{
    private static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<Watcher> _all = [];
    private Action? _changed;
    private bool _isClosed;

    /// <summary>How many watch now.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _all.Count;
        }
    }

    /// <summary>How often the most frequent watcher wants a view; null while nobody watches.</summary>
    public TimeSpan? Interval
    {
        get
        {
            lock (_gate) return _all.Count == 0 ? null : _all.Min(w => w.Interval);
        }
    }

    /// <summary>Views until the pipeline is at rest, the last of which is the final one, or until cancelled.</summary>
    /// <param name="interval">The time between two views, from 50 ms to 10 s.</param>
    public async IAsyncEnumerable<PipelineView> Watch(TimeSpan interval, [EnumeratorCancellation] CancellationToken stop)
    {
        var watcher = new Watcher(TimeSpan.FromTicks(Math.Clamp(interval.Ticks, Fastest.Ticks, Slowest.Ticks)));
        Add(watcher);
        try
        {
            await foreach (var view in watcher.Views.Reader.ReadAllAsync(stop)) yield return view;
        }
        finally
        {
            Remove(watcher);
        }
    }

    /// <summary>Calls <paramref name="changed"/> whenever <see cref="Interval"/> may have changed, and once now.</summary>
    public void OnChange(Action changed)
    {
        lock (_gate) _changed = changed;
        changed();
    }

    /// <summary>Hands a view to the watchers that are due.</summary>
    public void Publish(PipelineView view)
    {
        lock (_gate)
        {
            foreach (var watcher in _all) watcher.Offer(view);
        }
    }

    /// <summary>Hands every watcher the final view and ends its sequence. Later watchers get nothing.</summary>
    public void Close(PipelineView final)
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var watcher in _all)
            {
                watcher.Views.Writer.TryWrite(final);
                watcher.Views.Writer.TryComplete();
            }
        }
    }

    private void Add(Watcher watcher)
    {
        lock (_gate)
        {
            if (_isClosed) watcher.Views.Writer.TryComplete();
            else _all.Add(watcher);
        }

        _changed?.Invoke();
    }

    private void Remove(Watcher watcher)
    {
        lock (_gate) _all.Remove(watcher);
        _changed?.Invoke();
    }

    private sealed class Watcher(TimeSpan interval)
    {
        // Timers are not exact, so a view that comes a little early is taken, not left for the next tick.
        private readonly TimeSpan _due = interval * 0.9;
        private TimeSpan? _last;

        public TimeSpan Interval => interval;

        public Channel<PipelineView> Views { get; } =
            Channel.CreateBounded<PipelineView>(
                new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        public void Offer(PipelineView view)
        {
            if (view.Elapsed - _last < _due) return;
            _last = view.Elapsed;
            Views.Writer.TryWrite(view);
        }
    }
}
