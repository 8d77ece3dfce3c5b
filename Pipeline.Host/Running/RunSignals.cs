using System.Runtime.InteropServices;
using Pipeline.Host.Reports;

namespace Pipeline.Host.Running;

/// <summary>
/// What the signals do to a run: the first SIGINT or SIGTERM drains it, the second ends it, SIGUSR1 prints the books, SIGHUP reads
/// the rule file again.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="rulesFile">The rule file; null where there is none.</param>
/// <param name="text">Where to say it. Written to from the signals' own thread.</param>
internal sealed class RunSignals(IRunning run, string? rulesFile, TextWriter text) : IDisposable
{
    /// <summary>SIGUSR1 on x86 and Arm (Linux, include/uapi/asm-generic/signal.h), which <see cref="PosixSignal"/> does not name.</summary>
    private const PosixSignal UserSignal1 = (PosixSignal)10;

    /// <summary>How long a run that was told to end may take until the process ends without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _interrupts;

    public void Listen()
    {
        On(PosixSignal.SIGINT, Interrupt);
        On(PosixSignal.SIGTERM, Interrupt);
        On(PosixSignal.SIGHUP, () => _ = ReloadRules());
        On(UserSignal1, PrintCounts);
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    internal void Interrupt()
    {
        if (Interlocked.Increment(ref _interrupts) == 1)
        {
            text.WriteLine("draining; once more to quit at once");
            run.Drain();
            return;
        }

        run.Abort();
        _ = run.Completion.WaitAsync(Patience).ContinueWith(
            late => Environment.Exit(ExitCodes.SecondInterrupt),
            CancellationToken.None,
            TaskContinuationOptions.NotOnRanToCompletion,
            TaskScheduler.Default);
    }

    internal Task ReloadRules() => new RuleReload(run, rulesFile, text).Reload();

    internal void PrintCounts() => text.WriteLine(WordReport.LedgerLine(run.View()));

    private void On(PosixSignal signal, Action act) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    }));
}
