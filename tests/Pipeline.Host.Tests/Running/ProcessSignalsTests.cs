using System.Runtime.InteropServices;
using Pipeline.Host.Running;
using Xunit;

namespace Pipeline.Host.Tests.Running;

/// <summary>What becomes of signals before a run and in it. No signal is sent.</summary>
public sealed class ProcessSignalsTests
{
    private readonly SignalledRun _bench = new();

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public void An_interrupt_that_comes_before_the_run_drains_it_as_soon_as_it_is_there(PosixSignal interrupt)
    {
        var signals = _bench.Signals();
        Assert.True(signals.Deliver(interrupt));

        _bench.Attach(signals);

        Assert.Equal((1, 0), (_bench.Run.Drains, _bench.Run.Aborts));
    }

    [Fact]
    public void Counts_that_were_asked_for_before_the_run_are_printed_when_it_is_there()
    {
        var signals = _bench.Signals();
        signals.Deliver(ProcessSignals.UserSignal1);
        signals.Deliver(ProcessSignals.UserSignal1);

        _bench.Attach(signals);

        Assert.Single(_bench.Text.ToString().TrimEnd('\n').Split('\n'));
        Assert.StartsWith("ledger: ", _bench.Text.ToString());
    }

    /// <summary>The first has been answered by then, so that the same signal is another interrupt.</summary>
    [Theory]
    [InlineData(PosixSignal.SIGINT, PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGTERM, PosixSignal.SIGTERM)]
    public void The_second_interrupt_of_a_run_ends_it(PosixSignal first, PosixSignal second)
    {
        var signals = _bench.Signals();
        _bench.Attach(signals);
        signals.Deliver(first);

        signals.Deliver(second);

        Assert.Equal((1, 1), (_bench.Run.Drains, _bench.Run.Aborts));
    }

    [Fact]
    public void An_interrupt_that_comes_twice_at_once_is_one()
    {
        var signals = _bench.Signals();
        using var text = new Saying(() => signals.Deliver(PosixSignal.SIGTERM));
        signals.Attach(new RunSignals(_bench.Run, null, text));

        signals.Deliver(PosixSignal.SIGTERM);

        Assert.Equal((1, 0), (_bench.Run.Drains, _bench.Run.Aborts));
    }

    [Fact]
    public void An_interrupt_of_whoever_has_read_the_answer_is_another_even_before_the_writer_goes_on()
    {
        var signals = _bench.Signals();
        using var text = new Saying(() =>
        {
            _bench.Pass(TimeSpan.FromMilliseconds(3));
            signals.Deliver(PosixSignal.SIGTERM);
        });
        signals.Attach(new RunSignals(_bench.Run, null, text));

        signals.Deliver(PosixSignal.SIGTERM);

        Assert.Equal((1, 1), (_bench.Run.Drains, _bench.Run.Aborts));
    }

    [Fact]
    public void An_interrupt_that_comes_twice_at_once_before_the_run_is_one()
    {
        var signals = _bench.Signals();
        signals.Deliver(PosixSignal.SIGINT);
        signals.Deliver(PosixSignal.SIGINT);

        _bench.Attach(signals);

        Assert.Equal((1, 0), (_bench.Run.Drains, _bench.Run.Aborts));
    }

    [Theory]
    [InlineData(ProcessSignals.ProcessorTime)]
    [InlineData(ProcessSignals.Power)]
    public void What_says_that_the_process_must_go_drains_however_often_it_comes(PosixSignal signal)
    {
        var signals = _bench.Signals();
        signals.Deliver(signal);
        signals.Deliver(signal);
        _bench.Attach(signals);
        signals.Deliver(signal);

        Assert.True(_bench.Run.Drains > 0);
        Assert.Equal(0, _bench.Run.Aborts);
    }

    /// <summary>Does something as a line is written.</summary>
    private sealed class Saying(Action act) : StringWriter
    {
        public override void WriteLine(string? value) => act();
    }
}
