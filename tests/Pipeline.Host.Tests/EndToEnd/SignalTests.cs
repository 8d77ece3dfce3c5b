using System.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>A run over a pipe that stays open, so that only a signal can end it. The lines it prints say when to go on.</summary>
public sealed class SignalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _run = Start();

    public void Dispose()
    {
        if (!_run.HasExited) _run.Kill();
        _run.Dispose();
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

    [FactThatNeeds(Need.Corpus)]
    public async Task A_hang_up_is_survived()
    {
        await FeedUntilReceived();

        Signal("HUP");

        await LineWith("the rules of a run over a file stay as they are");
        Assert.False(_run.HasExited);
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[BuiltProgram.Path, "run", "-v", "-r", "-"]) start.ArgumentList.Add(argument);
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
