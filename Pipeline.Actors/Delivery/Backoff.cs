namespace Pipeline.Actors.Delivery;

/// <summary>
/// How long a consumer that failed waits before the next try: the pause doubles with every failure in a row, up to a limit. A failure
/// continues the row when the consumer worked for less time than the pause before it lasted. For one thread.
/// </summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private int _inARow;
    private DateTimeOffset? _openedAt;

    /// <summary>The pause before the next try. Only after a first failure.</summary>
    public TimeSpan Pause => After(_inARow);

    /// <summary>The pause after this number of failures in a row, at least one.</summary>
    public static TimeSpan After(int failures) =>
        TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures - 1, 16)));

    /// <summary>The consumer works from now on.</summary>
    public void Opened(DateTimeOffset now) => _openedAt = now;

    /// <summary>It failed, at work or while it was being opened.</summary>
    public void Failed(DateTimeOffset now)
    {
        var ranFor = _openedAt is { } openedAt ? now - openedAt : TimeSpan.Zero;
        _inARow = _inARow > 0 && ranFor < Pause ? _inARow + 1 : 1;
        _openedAt = null;
    }

    /// <summary>Forgets the failures, because somebody knows that it works again.</summary>
    public void Forget() => _inARow = 0;
}
