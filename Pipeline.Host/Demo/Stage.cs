namespace Pipeline.Host.Demo;

/// <summary>What a demo does to its consumer. Orders come from any thread. Each instance looks here before a bundle.</summary>
internal sealed class Stage : IDisposable
{
    private static readonly TimeSpan SlowFor = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan HangFor = TimeSpan.FromSeconds(6);

    /// <summary>Twice the time in which the next bundle of 64 packets comes.</summary>
    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(2);

    private readonly ManualResetEventSlim _over = new();
    private long _slowUntil;
    private int _crashes;
    private int _hangs;

    public void Slow() => Volatile.Write(ref _slowUntil, Environment.TickCount64 + (long)SlowFor.TotalMilliseconds);

    public void Crash() => Volatile.Write(ref _crashes, 1);

    public void Hang() => Volatile.Write(ref _hangs, 1);

    /// <summary>Lets every instance go on, for good: a run that ends must not wait for an act.</summary>
    public void End() => _over.Set();

    /// <summary>An instance is about to take a bundle. It may have to wait, as long as an act lasts, or fail.</summary>
    /// <exception cref="InvalidOperationException">It is to crash.</exception>
    public void Enter()
    {
        if (_over.IsSet) return;
        if (Interlocked.Exchange(ref _crashes, 0) == 1) throw new InvalidOperationException("it was told to crash, by the demo");
        if (Interlocked.Exchange(ref _hangs, 0) == 1) _over.Wait(HangFor);
        else if (Environment.TickCount64 < Volatile.Read(ref _slowUntil)) _over.Wait(SlowPause);
    }

    public void Dispose()
    {
        End();
        _over.Dispose();
    }
}
