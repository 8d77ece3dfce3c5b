using System.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>A run over a pipe that stays open, so that only a signal can end it. The lines it prints say when to go on.</summary>
public sealed class SignalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Linux, include/uapi/asm-generic/signal.h
    private const int SIGHUP = 1;
    private const int SIGUSR2 = 12;

    private const string Rules = "edge.rules";

    private readonly TemporaryFolder _folder = new();
    private Process _run;

    public SignalTests() => _run = Start("exec dotnet \"$@\"");

    public void Dispose()
    {
        if (!_run.HasExited) _run.Kill();
        _run.Dispose();
        _folder.Dispose();
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task The_first_interrupt_drains_and_prints_the_summary()
    {
        await FeedUntilReceived();

        Signal("INT");

        var rest = await _run.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await _run.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, _run.ExitCode);
        Assert.Contains("99 packets read", rest);
        Assert.Contains("passed 99 + dropped 0 + in flight 0, balanced", rest);
    }

    /// <summary>As a shell without job control starts what it puts into the background.</summary>
    [FactThatNeeds(Need.Corpus)]
    public async Task An_interrupt_counts_even_if_whoever_started_the_run_had_it_ignored()
    {
        _run.Kill();
        _run.Dispose();
        _run = Start("trap '' INT; exec dotnet \"$@\"");
        await FeedUntilReceived();

        Signal("INT");

        var rest = await _run.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await _run.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, _run.ExitCode);
        Assert.Contains("passed 99 + dropped 0 + in flight 0, balanced", rest);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_hang_up_reads_the_rules_again()
    {
        await FeedUntilReceived();
        await File.WriteAllTextAsync(_folder[Rules], "rule tcp match 23:ff:06 mark 2\nrule rest match 0:00:00 mark 3\n");

        Signal("HUP");
        await LineWith("rules: generation 2 in force: 2 added (tcp, rest), 1 removed (udp)");
        Signal("INT");

        var rest = await _run.StandardError.ReadToEndAsync().WaitAsync(Patience);
        Assert.Contains("(earlier rules)", rest);
        Assert.Contains("in flight 0, balanced", rest);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_hang_up_with_bad_rules_leaves_those_in_force()
    {
        await FeedUntilReceived();
        await File.WriteAllTextAsync(_folder[Rules], "rule tcp match 23:fff:06 mark 2\n");

        Signal("HUP");

        await LineWith(":1:19: error: the mask has 3 digits");
        await LineWith("error: 1 error in the new rules; generation 1 stays in force");
        Assert.False(_run.HasExited);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_hang_up_without_the_rule_file_leaves_the_rules_in_force()
    {
        await FeedUntilReceived();
        File.Delete(_folder[Rules]);

        Signal("HUP");

        await LineWith("no such file; the rules stay as they are");
        Assert.False(_run.HasExited);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task The_second_user_signal_ends_nothing()
    {
        await FeedUntilReceived();

        Signal("USR2");
        Signal("USR1");

        Assert.Contains("received 99 ", await LineWith("ledger: "));
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_hang_up_that_was_ignored_from_the_start_stays_ignored()
    {
        _run.Kill();
        _run.Dispose();
        _run = Start("trap '' HUP; exec dotnet \"$@\"");
        await FeedUntilReceived();

        Assert.True(await HasSignal("SigIgn", SIGHUP));
    }

    /// <summary>Nothing comes through the pipe, so that there is no run yet.</summary>
    [Fact]
    public async Task An_interrupt_ends_a_program_that_waits_for_its_capture()
    {
        while (!await HasSignal("SigCgt", SIGUSR2)) await Task.Yield();

        Signal("USR2");
        Signal("USR1");
        Signal("TERM");

        Assert.Equal("interrupted before the run began; nothing was read\n", await _run.StandardError.ReadToEndAsync().WaitAsync(Patience));
        await _run.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, _run.ExitCode);
    }

    /// <summary>Whether a signal is in one of the masks of proc(5), which have a bit to each, the first for signal 1.</summary>
    private async Task<bool> HasSignal(string mask, int signal)
    {
        var line = (await File.ReadAllLinesAsync($"/proc/{_run.Id}/status")).Single(l => l.StartsWith(mask, StringComparison.Ordinal));
        return (Convert.ToUInt64(line.Split(':')[1].Trim(), 16) & (1UL << (signal - 1))) != 0;
    }

    /// <param name="script">What the shell does with the program's arguments; it must become the program.</param>
    private Process Start(string script)
    {
        File.WriteAllText(_folder[Rules], "rule udp match 23:ff:11 mark 1\n");
        var start = new ProcessStartInfo("sh") { RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", script, "sh", BuiltProgram.Path, "run", "-v", "-r", "-", "--rules", _folder[Rules]]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private async Task FeedUntilReceived()
    {
        await _run.StandardInput.BaseStream.WriteAsync(await File.ReadAllBytesAsync(Corpus.CapturePath("conv__to-pcapng.pcapng")));
        await _run.StandardInput.BaseStream.FlushAsync();
        await LineWith("reading standard input");
        do Signal("USR1");
        while (!(await LineWith("ledger: ")).Contains("received 99 "));
    }

    private async Task<string> LineWith(string words)
    {
        while (await _run.StandardError.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Contains(words)) return line;
        }

        throw new InvalidOperationException($"The run ended without a line that says '{words}'.");
    }

    private void Signal(string name) => Assert.Equal(0, Tool.Run("kill", $"-{name}", $"{_run.Id}").ExitCode);
}
