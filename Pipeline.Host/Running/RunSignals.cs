using Pipeline.Host.Reports;

namespace Pipeline.Host.Running;

/// <summary>
/// What the signals do to a run: the first SIGINT or SIGTERM drains it, the second ends it, SIGUSR1 prints the books, SIGHUP reads
/// the rule file again. <see cref="ProcessSignals"/> brings them.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="rulesFile">The rule file; null where there is none.</param>
/// <param name="text">Where to say it. Written to from the signals' own thread.</param>
internal sealed class RunSignals(IRunning run, string? rulesFile, TextWriter text)
{
    /// <summary>How long a run that was told to end may take until the process ends without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);

    private int _interrupts;

    internal void Interrupt()
    {
        if (Interlocked.Increment(ref _interrupts) == 1)
        {
            run.Drain();
            text.WriteLine("draining; once more to quit at once");
            return;
        }

        run.Abort();
        _ = run.Completion.WaitAsync(Patience).ContinueWith(
            late => Environment.Exit(ExitCodes.SecondInterrupt),
            CancellationToken.None,
            TaskContinuationOptions.NotOnRanToCompletion,
            TaskScheduler.Default);
    }

    /// <summary>
    /// Drains, as an interrupt does, but is none: one that follows is the first. A shell passes on that the terminal was closed, so that it
    /// comes twice, and the end of the processor's time is told each second.
    /// </summary>
    internal void Leave() => run.Drain();

    internal Task ReloadRules() => new RuleReload(run, rulesFile, text).Reload();

    internal void PrintCounts() => text.WriteLine(WordReport.LedgerLine(run.View()));
}
