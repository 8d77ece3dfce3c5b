using Pipeline.Host.Reports;

namespace Pipeline.Host.Running;

/// <summary>
/// The effect of signals on a run: the first SIGINT or SIGTERM drains it, the second ends it, SIGUSR1 prints the books, and SIGHUP reads
/// the rule file again. <see cref="ProcessSignals"/> delivers them.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="rulesFile">The rule file; null for none.</param>
/// <param name="text">Gets the messages, on the thread of the signals.</param>
internal sealed class RunSignals(IRunning run, string? rulesFile, TextWriter text)
{
    /// <summary>How long a run may take to end before the process ends without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);

    private int _interrupts;

    /// <param name="telling">Called before the user is told what the first one has done; null where nobody has to know.</param>
    internal void Interrupt(Action? telling = null)
    {
        if (Interlocked.Increment(ref _interrupts) == 1)
        {
            run.Drain();
            telling?.Invoke();
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
    /// Drains as an interrupt does, but does not count as one: an interrupt that follows is the first. These signals may come more than
    /// once. A shell passes on that the terminal was closed, and the end of the processor time is signalled every second.
    /// </summary>
    internal void Leave() => run.Drain();

    internal Task ReloadRules() => new RuleReload(run, rulesFile, text).Reload();

    internal void PrintCounts() => text.WriteLine(WordReport.LedgerLine(run.View()));
}
