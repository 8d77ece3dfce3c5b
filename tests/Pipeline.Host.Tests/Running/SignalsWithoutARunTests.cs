using System.Runtime.InteropServices;
using Pipeline.Host.Running;
using Xunit;

namespace Pipeline.Host.Tests.Running;

/// <summary>What becomes of signals while there is no run, or none any more. No signal is sent.</summary>
public sealed class SignalsWithoutARunTests
{
    private static readonly TimeSpan LongPatience = TimeSpan.FromMinutes(1);

    private readonly SignalledRun _bench = new();

    [Theory]
    [InlineData(PosixSignal.SIGINT, false)]
    [InlineData(PosixSignal.SIGTERM, false)]
    [InlineData(PosixSignal.SIGHUP, false)]
    [InlineData(ProcessSignals.UserSignal1, true)]
    [InlineData(ProcessSignals.UserSignal2, true)]
    public void A_command_without_a_run_leaves_what_ends_a_program_to_the_system(PosixSignal signal, bool isTaken)
    {
        var signals = _bench.Signals();

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
        var signals = _bench.Signals();
        _bench.Attach(signals).Dispose();

        Assert.True(signals.Deliver(signal));
        Assert.Equal((0, 0, ""), (_bench.Run.Drains, _bench.Run.Aborts, _bench.Text.ToString()));
    }

    [Fact]
    public async Task An_interrupt_ends_the_waiting_for_a_run_that_does_not_come()
    {
        var signals = _bench.Signals();
        using var never = new ManualResetEventSlim();
        var starting = signals.Await(() => never.Wait(LongPatience), TimeSpan.Zero);

        signals.Deliver(PosixSignal.SIGTERM);

        await Assert.ThrowsAsync<InterruptedException>(() => starting.WaitAsync(LongPatience));
        never.Set();
    }

    [Fact]
    public async Task A_run_that_comes_in_time_is_had_in_spite_of_an_interrupt()
    {
        var signals = _bench.Signals();
        signals.Deliver(PosixSignal.SIGTERM);

        Assert.Equal(7, await signals.Await(() => 7, LongPatience));
    }
}
