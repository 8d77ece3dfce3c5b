using Pipeline.Host.Running;

namespace Pipeline.Host.Tests.Running;

/// <summary>A run that does nothing, and what signals bring about in it. Time stands still.</summary>
internal sealed class SignalledRun
{
    public FakeRun Run { get; } = new();

    /// <summary>What is printed.</summary>
    public StringWriter Text { get; } = new();

    public bool IsTerminalThere { get; set; } = true;

    public ProcessSignals Signals() => new(() => IsTerminalThere, new StoppedTime());

    public IDisposable Attach(ProcessSignals signals) => signals.Attach(new RunSignals(Run, null, Text));

    private sealed class StoppedTime : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
