namespace Pipeline.Nic.Tests.Links;

/// <summary>A clock that stands still until a test moves it.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _now = 1_000_000_000_000;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public void Move(TimeSpan by) => Interlocked.Add(ref _now, (long)by.TotalNanoseconds);
}
