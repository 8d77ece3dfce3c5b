using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>A run over a pipe that stays open, so that only a signal can end it. The lines it prints say when to go on.</summary>
public sealed class SignalTests : IDisposable
{
    // Linux, include/uapi/asm-generic/signal.h
    private const int SIGHUP = 1;
    private const int SIGUSR2 = 12;

    private const string Rules = "edge.rules";

    private readonly TemporaryFolder _folder = new();
    private RunningProgram _run;

    public SignalTests()
    {
        File.WriteAllText(_folder[Rules], "rule udp match 23:ff:11 mark 1\n");
        _run = RunningProgram.Start(Arguments);
    }

    private string[] Arguments => ["run", "-v", "-r", "-", "--rules", _folder[Rules]];

    public void Dispose()
    {
        _run.Dispose();
        _folder.Dispose();
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task The_first_interrupt_drains_and_prints_the_summary()
    {
        await FeedUntilReceived();

        _run.Signal("INT");

        var (code, rest) = await _run.End();
        Assert.Equal(0, code);
        Assert.Contains("99 packets read", rest);
        Assert.Contains("passed 99 + dropped 0 + in flight 0, balanced", rest);
    }

    /// <summary>As a shell without job control starts what it puts into the background.</summary>
    [FactThatNeeds(Need.Corpus)]
    public async Task An_interrupt_counts_even_if_whoever_started_the_run_had_it_ignored()
    {
        _run.Dispose();
        _run = RunningProgram.StartBehind("trap '' INT", Arguments);
        await FeedUntilReceived();

        _run.Signal("INT");

        var (code, rest) = await _run.End();
        Assert.Equal(0, code);
        Assert.Contains("passed 99 + dropped 0 + in flight 0, balanced", rest);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_hang_up_reads_the_rules_again()
    {
        await FeedUntilReceived();
        await File.WriteAllTextAsync(_folder[Rules], "rule tcp match 23:ff:06 mark 2\nrule rest match 0:00:00 mark 3\n");

        _run.Signal("HUP");
        await _run.LineWith("rules: generation 2 in force: 2 added (tcp, rest), 1 removed (udp)");
        _run.Signal("INT");

        var (_, rest) = await _run.End();
        Assert.Contains("(earlier rules)", rest);
        Assert.Contains("in flight 0, balanced", rest);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_hang_up_with_bad_rules_leaves_those_in_force()
    {
        await FeedUntilReceived();
        await File.WriteAllTextAsync(_folder[Rules], "rule tcp match 23:fff:06 mark 2\n");

        _run.Signal("HUP");

        await _run.LineWith(":1:19: error: the mask has 3 digits");
        await _run.LineWith("error: 1 error in the new rules; generation 1 stays in force");
        Assert.False(_run.HasExited);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_hang_up_without_the_rule_file_leaves_the_rules_in_force()
    {
        await FeedUntilReceived();
        File.Delete(_folder[Rules]);

        _run.Signal("HUP");

        await _run.LineWith("no such file; the rules stay as they are");
        Assert.False(_run.HasExited);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task The_second_user_signal_ends_nothing()
    {
        await FeedUntilReceived();

        _run.Signal("USR2");
        _run.Signal("USR1");

        Assert.Contains("received 99 ", await _run.LineWith("ledger: "));
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_hang_up_that_was_ignored_from_the_start_stays_ignored()
    {
        _run.Dispose();
        _run = RunningProgram.StartBehind("trap '' HUP", Arguments);
        await FeedUntilReceived();

        Assert.True(await _run.HasSignal("SigIgn", SIGHUP));
    }

    /// <summary>Nothing comes through the pipe, so that there is no run yet.</summary>
    [Fact]
    public async Task An_interrupt_ends_a_program_that_waits_for_its_capture()
    {
        using var patience = new CancellationTokenSource(RunningProgram.Patience);
        while (!await _run.HasSignal("SigCgt", SIGUSR2)) await Task.Delay(5, patience.Token);

        _run.Signal("USR2");
        _run.Signal("USR1");
        _run.Signal("TERM");

        Assert.Equal((0, "interrupted before the run began; nothing was read\n"), await _run.End());
    }

    private async Task FeedUntilReceived()
    {
        await _run.Feed(await File.ReadAllBytesAsync(Corpus.CapturePath("conv__to-pcapng.pcapng")));
        await _run.LineWith("reading standard input");
        do _run.Signal("USR1");
        while (!(await _run.LineWith("ledger: ")).Contains("received 99 "));
    }
}
