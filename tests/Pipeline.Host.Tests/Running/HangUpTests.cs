using System.Runtime.InteropServices;
using Xunit;

namespace Pipeline.Host.Tests.Running;

/// <summary>What becomes of a hang-up, which is about rules or about the terminal. No signal is sent.</summary>
public sealed class HangUpTests
{
    private readonly SignalledRun _bench = new();

    [Fact]
    public void A_hang_up_before_the_run_reads_the_rules_again_when_it_is_there()
    {
        var signals = _bench.Signals();
        signals.Deliver(PosixSignal.SIGHUP);

        _bench.Attach(signals);

        Assert.Contains("no rule file to read again", _bench.Text.ToString());
        Assert.Equal(0, _bench.Run.Drains);
    }

    [Fact]
    public void A_hang_up_of_a_terminal_that_is_gone_drains_and_is_no_interrupt()
    {
        var signals = _bench.Signals();
        _bench.Attach(signals);
        _bench.IsTerminalThere = false;

        signals.Deliver(PosixSignal.SIGHUP);
        signals.Deliver(PosixSignal.SIGHUP);
        signals.Deliver(PosixSignal.SIGTERM);

        Assert.True(_bench.Run.Drains > 0);
        Assert.Equal(0, _bench.Run.Aborts);
        Assert.DoesNotContain("rule file", _bench.Text.ToString());
    }

    [Fact]
    public void A_terminal_that_is_gone_before_the_run_drains_it()
    {
        var signals = _bench.Signals();
        _bench.IsTerminalThere = false;
        signals.Deliver(PosixSignal.SIGHUP);

        _bench.Attach(signals);

        Assert.Equal(1, _bench.Run.Drains);
    }

    [Fact]
    public void Without_a_terminal_a_hang_up_is_about_rules()
    {
        _bench.IsTerminalThere = false;
        var signals = _bench.Signals();
        _bench.Attach(signals);

        signals.Deliver(PosixSignal.SIGHUP);

        Assert.Contains("no rule file to read again", _bench.Text.ToString());
        Assert.Equal(0, _bench.Run.Drains);
    }
}
