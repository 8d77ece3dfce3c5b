namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Keeps the last five minutes of a pipeline in a ring, which takes all of its memory at the start: about 75 KB. One thread adds to it; any
/// thread reads it.
/// </summary>
internal sealed class RateHistory
{
    /// <summary>Ticks that were held up come all at once, and the later ones of them say nothing.</summary>
    private static readonly TimeSpan Shortest = HistoryView.Interval / 2;

    /// <summary>After a longer time at least one reading is missing.</summary>
    private static readonly TimeSpan Longest = HistoryView.Interval * 1.75;

    private readonly Lock _gate = new();
    private readonly long[] _at = new long[HistoryView.Most];

    /// <summary>A row of all columns for each reading.</summary>
    private readonly double[] _rows = new double[HistoryView.Most * HistoryRow.Columns];
    private HistoryReading? _last;
    private long _lastTicks;
    private int _next;
    private int _count;

    /// <summary>The age of the run as a reading came last, whether it was kept or not. Any thread, which does not wait.</summary>
    public TimeSpan LastElapsed => TimeSpan.FromTicks(Volatile.Read(ref _lastTicks));

    public void Add(HistoryReading now)
    {
        Volatile.Write(ref _lastTicks, now.Elapsed.Ticks);
        lock (_gate)
        {
            if (_last is not { } last || now.At < last.At)
            {
                // A clock that was set back would have later readings before earlier ones.
                _count = 0;
                Write(null, now);
                return;
            }

            var since = Max(now.At - last.At, now.Elapsed - last.Elapsed);
            if (since < Shortest) return;
            if (since > Longest) WriteGap(last.At, now.At);
            Write(since > Longest ? null : last, now);
        }
    }

    public HistoryView Read()
    {
        lock (_gate)
        {
            return new HistoryView([.. Enumerable.Range(0, _count).Select(i => _at[PlaceOf(i)])])
            {
                Received = Rates(HistoryRow.Received),
                Delivered = Rates(HistoryRow.Delivered),
                Passed = Rates(HistoryRow.Passed),
                Dropped = ByKind(HistoryRow.Reasons, HistoryRow.Dropped),
                DeviceLost = ByKind(HistoryRow.Losses, HistoryRow.Lost),
                HandoffMedian = Column(HistoryRow.HandoffMedian),
                HandoffP99 = Column(HistoryRow.HandoffP99),
                PagesOut = Column(HistoryRow.PagesOut),
                Pages = Column(HistoryRow.Pages),
                DeepestMailbox = Column(HistoryRow.DeepestMailbox),
            };
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Write(HistoryReading? before, HistoryReading now)
    {
        HistoryRow.Write(before, now, Next(now.At));
        _last = now;
    }

    /// <summary>Writes a row of nothing for each reading that is missing, as far as there is room.</summary>
    private void WriteGap(DateTimeOffset last, DateTimeOffset now)
    {
        var missing = (long)Math.Round((now - last) / HistoryView.Interval) - 1;
        for (var i = Math.Min(missing, HistoryView.Most); i > 0; i--) Next(now - (i * HistoryView.Interval)).Fill(double.NaN);
    }

    private Span<double> Next(DateTimeOffset at)
    {
        var place = _next;
        _at[place] = at.ToUnixTimeMilliseconds();
        _next = (_next + 1) % HistoryView.Most;
        _count = Math.Min(_count + 1, HistoryView.Most);
        return _rows.AsSpan(place * HistoryRow.Columns, HistoryRow.Columns);
    }

    /// <param name="reading">The number of a reading, from the oldest on.</param>
    private int PlaceOf(int reading) => (_next - _count + reading + HistoryView.Most) % HistoryView.Most;

    private HistoryRates Rates(int column) => new(Column(column), Column(column + 1));

    private double?[] Column(int column)
    {
        var values = new double?[_count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = _rows[(PlaceOf(i) * HistoryRow.Columns) + column];
            values[i] = double.IsNaN(value) ? null : value;
        }

        return values;
    }

    private SortedDictionary<T, IReadOnlyList<double?>> ByKind<T>(T[] kinds, int first)
        where T : struct, Enum
    {
        var happened = new SortedDictionary<T, IReadOnlyList<double?>>();
        for (var i = 0; i < kinds.Length; i++)
        {
            var column = Column(first + i);
            if (column.Any(v => v > 0)) happened[kinds[i]] = column;
        }

        return happened;
    }
}
