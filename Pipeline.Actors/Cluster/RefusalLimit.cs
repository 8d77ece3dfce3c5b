namespace Pipeline.Actors.Cluster;

/// <summary>
/// Which of the peers that are refused are worth an event. They come again every few seconds, and whoever reaches the port can show another
/// certificate each time, which would push everything else out of the log of events. Any thread.
/// </summary>
internal sealed class RefusalLimit(TimeProvider clock)
{
    /// <summary>The most different ones in <see cref="Pause"/>.</summary>
    public const int Most = 8;

    /// <summary>How long the same one is not said again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _said = new(StringComparer.Ordinal);

    /// <param name="why">Why it is refused.</param>
    public bool IsWorthSaying(string why)
    {
        lock (_gate)
        {
            foreach (var old in _said.Where(s => clock.GetElapsedTime(s.Value) >= Pause).Select(s => s.Key).ToList()) _said.Remove(old);
            return _said.Count < Most && _said.TryAdd(why, clock.GetTimestamp());
        }
    }
}
