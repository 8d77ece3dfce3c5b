using Pipeline.Host.Running;

namespace Pipeline.Host.Tests.Running;

/// <summary>A run that does nothing, and what signals bring about in it. Time stands still.</summary>
internal sealed class SignalledRun
{
    private readonly StoppedTime _time = new();

    public FakeRun Run { get; } = new();

    /// <summary>What is printed.</summary>
    public StringWriter Text { get; } = new();

    public bool IsTerminalThere { get; set; } = true;

    public ProcessSignals Signals() => new(() => IsTerminalThere, _time);

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time) => _time.Ticks += (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);

    public IDisposable Attach(ProcessSignals signals) => signals.Attach(new RunSignals(Run, null, Text));

    private sealed class StoppedTime : TimeProvider
    {
        public long Ticks { get; set; } = 1;

        public override long GetTimestamp() => Ticks;
    }
}
