using Pipeline.Host.Running;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class RunSignalsTests
{
    private readonly FakeRun _run = new();
    private readonly StringWriter _text = new();

    [Fact]
    public void The_first_interrupt_drains()
    {
        new RunSignals(_run, null, _text).Interrupt();

        Assert.Equal((1, 0), (_run.Drains, _run.Aborts));
    }

    [Fact]
    public void The_second_interrupt_ends_the_run()
    {
        var signals = new RunSignals(_run, null, _text);
        signals.Interrupt();

        signals.Interrupt();

        Assert.Equal((1, 1), (_run.Drains, _run.Aborts));
    }

    [Fact]
    public void The_books_are_printed_on_demand()
    {
        _run.Current = Views.Full;

        new RunSignals(_run, null, _text).PrintCounts();

        Assert.StartsWith("ledger: received 100 = delivered 60", _text.ToString());
    }

    [Fact]
    public async Task A_hang_up_without_a_rule_file_changes_nothing()
    {
        await new RunSignals(_run, null, _text).ReloadRules();

        Assert.Contains("no rule file", _text.ToString());
        Assert.Empty(_run.Applied);
    }
}
