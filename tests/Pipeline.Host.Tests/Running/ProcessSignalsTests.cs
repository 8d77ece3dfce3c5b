using System.Runtime.InteropServices;
using Pipeline.Host.Running;
using Xunit;

namespace Pipeline.Host.Tests.Running;

/// <summary>What becomes of signals at each time of a process's life. No signal is sent.</summary>
public sealed class ProcessSignalsTests
{
    private static readonly TimeSpan LongPatience = TimeSpan.FromMinutes(1);

    private readonly FakeRun _run = new();
    private readonly StringWriter _text = new();
    private bool _isTerminalThere = true;

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public void An_interrupt_that_comes_before_the_run_drains_it_as_soon_as_it_is_there(PosixSignal interrupt)
    {
        var signals = Signals();
        Assert.True(signals.Deliver(interrupt));

        Attach(signals);

        Assert.Equal((1, 0), (_run.Drains, _run.Aborts));
    }

    [Fact]
    public void Counts_that_were_asked_for_before_the_run_are_printed_when_it_is_there()
    {
        var signals = Signals();
        signals.Deliver(ProcessSignals.UserSignal1);
        signals.Deliver(ProcessSignals.UserSignal1);

        Attach(signals);

        Assert.Single(_text.ToString().TrimEnd('\n').Split('\n'));
        Assert.StartsWith("ledger: ", _text.ToString());
    }

    [Fact]
    public void A_hang_up_before_the_run_reads_the_rules_again_when_it_is_there()
    {
        var signals = Signals();
        signals.Deliver(PosixSignal.SIGHUP);

        Attach(signals);

        Assert.Contains("no rule file to read again", _text.ToString());
        Assert.Equal(0, _run.Drains);
    }

    [Fact]
    public void The_second_interrupt_of_a_run_ends_it()
    {
        var signals = Signals();
        Attach(signals);
        signals.Deliver(PosixSignal.SIGINT);

        signals.Deliver(PosixSignal.SIGTERM);

        Assert.Equal((1, 1), (_run.Drains, _run.Aborts));
    }

    [Fact]
    public void An_interrupt_that_comes_again_when_it_has_been_answered_is_another()
    {
        var signals = Signals();
        Attach(signals);
        signals.Deliver(PosixSignal.SIGTERM);

        signals.Deliver(PosixSignal.SIGTERM);

        Assert.Equal((1, 1), (_run.Drains, _run.Aborts));
    }

    [Fact]
    public void An_interrupt_that_comes_twice_at_once_is_one()
    {
        var signals = Signals();
        using var text = new Saying(() => signals.Deliver(PosixSignal.SIGTERM));
        signals.Attach(new RunSignals(_run, null, text));

        signals.Deliver(PosixSignal.SIGTERM);

        Assert.Equal((1, 0), (_run.Drains, _run.Aborts));
    }

    [Fact]
    public void An_interrupt_that_comes_twice_at_once_before_the_run_is_one()
    {
        var signals = Signals();
        signals.Deliver(PosixSignal.SIGINT);
        signals.Deliver(PosixSignal.SIGINT);

        Attach(signals);

        Assert.Equal((1, 0), (_run.Drains, _run.Aborts));
    }

    [Theory]
    [InlineData(ProcessSignals.ProcessorTime)]
    [InlineData(ProcessSignals.Power)]
    public void What_says_that_the_process_must_go_drains_however_often_it_comes(PosixSignal signal)
    {
        var signals = Signals();
        signals.Deliver(signal);
        signals.Deliver(signal);
        Attach(signals);
        signals.Deliver(signal);

        Assert.True(_run.Drains > 0);
        Assert.Equal(0, _run.Aborts);
    }

    [Fact]
    public void A_hang_up_of_a_terminal_that_is_gone_drains_and_is_no_interrupt()
    {
        var signals = Signals();
        Attach(signals);
        _isTerminalThere = false;

        signals.Deliver(PosixSignal.SIGHUP);
        signals.Deliver(PosixSignal.SIGHUP);
        signals.Deliver(PosixSignal.SIGTERM);

        Assert.True(_run.Drains > 0);
        Assert.Equal(0, _run.Aborts);
        Assert.DoesNotContain("rule file", _text.ToString());
    }

    [Fact]
    public void A_terminal_that_is_gone_before_the_run_drains_it()
    {
        var signals = Signals();
        _isTerminalThere = false;
        signals.Deliver(PosixSignal.SIGHUP);

        Attach(signals);

        Assert.Equal(1, _run.Drains);
    }

    [Fact]
    public void Without_a_terminal_a_hang_up_is_about_rules()
    {
        _isTerminalThere = false;
        var signals = Signals();
        Attach(signals);

        signals.Deliver(PosixSignal.SIGHUP);

        Assert.Contains("no rule file to read again", _text.ToString());
        Assert.Equal(0, _run.Drains);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT, false)]
    [InlineData(PosixSignal.SIGTERM, false)]
    [InlineData(PosixSignal.SIGHUP, false)]
    [InlineData(ProcessSignals.UserSignal1, true)]
    [InlineData(ProcessSignals.UserSignal2, true)]
    public void A_command_without_a_run_leaves_what_ends_a_program_to_the_system(PosixSignal signal, bool isTaken)
    {
        var signals = Signals();

        signals.LeaveToSystem();

        Assert.Equal(isTaken, signals.Deliver(signal));
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGHUP)]
    [InlineData(ProcessSignals.UserSignal1)]
    [InlineData(ProcessSignals.UserSignal2)]
    public void In_the_last_moments_signals_do_nothing(PosixSignal signal)
    {
        var signals = Signals();
        Attach(signals).Dispose();

        Assert.True(signals.Deliver(signal));
        Assert.Equal((0, 0, ""), (_run.Drains, _run.Aborts, _text.ToString()));
    }

    [Fact]
    public async Task An_interrupt_ends_the_waiting_for_a_run_that_does_not_come()
    {
        var signals = Signals();
        using var never = new ManualResetEventSlim();
        var starting = signals.Await(() => never.Wait(LongPatience), TimeSpan.Zero);

        signals.Deliver(PosixSignal.SIGTERM);

        await Assert.ThrowsAsync<InterruptedException>(() => starting.WaitAsync(LongPatience));
        never.Set();
    }

    [Fact]
    public async Task A_run_that_comes_in_time_is_had_in_spite_of_an_interrupt()
    {
        var signals = Signals();
        signals.Deliver(PosixSignal.SIGTERM);

        Assert.Equal(7, await signals.Await(() => 7, LongPatience));
    }

    private ProcessSignals Signals() => new(() => _isTerminalThere, new StoppedTime());

    private IDisposable Attach(ProcessSignals signals) => signals.Attach(new RunSignals(_run, null, _text));

    private sealed class StoppedTime : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }

    /// <summary>Does something as a line is written.</summary>
    private sealed class Saying(Action act) : StringWriter
    {
        public override void WriteLine(string? value) => act();
    }
}
