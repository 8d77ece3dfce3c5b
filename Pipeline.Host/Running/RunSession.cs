using System.Globalization;
using System.Net;
using Pipeline.Actors;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Setup;
using Pipeline.Host.Commands;
using Pipeline.Host.Live;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Running;

/// <summary>One run as the user sees it: warnings, progress, signals, the report, and the exit code.</summary>
internal sealed class RunSession(Terminal terminal, Parts parts)
{
    /// <summary>The time after an interrupt to finish reading and checking on a busy machine. Nothing has been created by then.</summary>
    private static readonly TimeSpan PatienceWithPlan = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The time after an interrupt to finish compiling the rules and creating outputs, which are no captures until the run has finished
    /// them.
    /// </summary>
    private static readonly TimeSpan PatienceWithStart = TimeSpan.FromSeconds(10);

    public async Task<int> Execute(RunFlags flags)
    {
        DescriptorLimit.Require(DescriptorLimit.FewestForRun);
        PipelineSetup setup;
        try
        {
            setup = await parts.Signals.Await(() => RunPlan.Make(flags, terminal, parts), PatienceWithPlan);
        }
        catch (InterruptedException interrupt)
        {
            // As after any first interrupt; there was nothing to drain.
            if (!flags.Quiet) terminal.Error.WriteLine(interrupt.Message);
            return ExitCodes.Ok;
        }

        return await Run(flags, setup);
    }

    /// <summary>
    /// The endpoint in the server's own words, which have a numeric address and the port that it really listens on. The authority of an
    /// address is not asked, because it leaves out port 80.
    /// </summary>
    private static IReadOnlyList<IPEndPoint> ServedAt(string url)
    {
        var served = new Uri(url);
        return IPAddress.TryParse(served.Host.Trim('[', ']'), out var address) ? [new IPEndPoint(address, served.Port)] : [];
    }

    private async Task<int> Run(RunFlags flags, PipelineSetup setup)
    {
        if (!flags.Quiet) Warn(setup.Warnings.Select(w => w.ToString()));
        if (setup.Options.Cluster is not null) ClusterNode.PrepareProcess();

        await using var dashboard = await OpenDashboard(setup, flags);
        if (setup.KeepOut is { } ports && dashboard is not null) setup = setup with { KeepOut = ports with { Dashboard = ServedAt(dashboard.Url) } };
        using var place = RunPlace.Claim(setup, flags, dashboard?.Url, terminal, parts);
        if (place is not null) setup = RunPlace.Number(setup, place.Name, terminal, say: line => Warn(flags.Quiet ? [] : [line]));
        if (!flags.Quiet && place is not null) Warn(RunPlace.InWords(place, flags.Verbose));
        using var exit = new EarlyExit();
        await using var run = await parts.Signals.Await(() => parts.Start(parts.Play?.Dress(setup) ?? setup), PatienceWithStart);
        exit.Guard(run);
        await using var export = setup.Options.Telemetry.Otlp is { Endpoint: not null } collector ? parts.OpenExport(collector, place?.Name ?? setup.Name, run.Events) : null;
        var telling = terminal.Log is { } log ? EventLines.Tell(run.Events, log, flags.Quiet, run.Completion) : Task.CompletedTask;
        dashboard?.Attach(run, parts.Play);
        parts.Play?.Begin(run);
        if (dashboard is not null && !flags.Quiet) terminal.Error.WriteLine($"dashboard {dashboard.Url}");
        var warned = run.Warnings;
        if (!flags.Quiet) Warn(warned);
        await using var notices = new Notices(terminal.Error);
        using var attached = parts.Signals.Attach(new RunSignals(run, setup.Options.Rules, notices));
        if (flags.Verbose) terminal.Error.WriteLine($"reading {setup.Nic.Name} with {setup.Rules.Rules.Count} rules");
        if (!flags.Quiet && setup.Nic.InWords is { } words) Warn([$"{setup.Nic.Name}: {words}"]);
        if (!flags.Quiet) Warn(Guards(setup));
        foreach (var line in flags.Verbose ? run.Placement : []) terminal.Error.WriteLine(line);
        if (!flags.Quiet) await Task.WhenAll(LongWait.Tell(setup.Nic, notices, run.Completion, TimeProvider.System), TellHappenings(run, setup, notices), IsShown(flags, setup) ? Show(run, setup, dashboard?.Url, notices) : Task.CompletedTask);
        var outcome = await run.Completion;
        await telling;
        if (dashboard is not null) await dashboard.DisposeAsync();

        if (!flags.Quiet) Warn(run.Warnings.Except(warned));
        var unprinted = Report(flags, outcome, isPrinting: FlagLayer.Prints(setup.Options));
        return exit.IsUnderWay ? exit.Conclude(terminal.Error) : Conclude(outcome with { Faults = [.. outcome.Faults, .. unprinted] });
    }

    /// <summary>
    /// Writes what is to be said of the run. Packets that are printed have standard output, so the report is on standard error then.
    /// </summary>
    /// <returns>What could not be printed.</returns>
    private IEnumerable<RunFault> Report(RunFlags flags, RunOutcome outcome, bool isPrinting)
    {
        // Somebody who looked at the first packets only, as with "| head", wants no report of the others.
        if (isPrinting && flags is { Write: null, SplitFolder: null } && outcome.Faults.Any(f => f.Error is OutputException { IsClosedPipe: true })) return [];
        if (flags.CountsOnly) return Print(outcome.View.Selected.ToString(CultureInfo.InvariantCulture));
        // The last event of a log has the same figures.
        if (!flags.Quiet && terminal.Log is null && !(isPrinting && flags.Json)) WordReport.Write(terminal.Error, outcome.View, flags.Expression is not null, OutputsOf(flags));
        if (!flags.Json) return [];
        var report = JsonText.Of(ReportJson.Of(outcome.View, RuntimeJson.Now()), JsonShapes.Default.ReportJson);
        if (!isPrinting) return Print(report);
        terminal.Error.WriteLine(report);
        return [];
    }

    /// <summary>The source is open by now, and nobody else closes it if no server can be opened.</summary>
    private async Task<IDashboard?> OpenDashboard(PipelineSetup setup, RunFlags flags)
    {
        try
        {
            return await DashboardStart.Open(setup, flags.IsServedUnlessOff, parts, say: line => Warn(flags.Quiet ? [] : [line]));
        }
        catch
        {
            setup.Nic.Dispose();
            throw;
        }
    }

    private static IEnumerable<string> Guards(PipelineSetup setup) =>
        setup.Nic.Queues.Count == 0 ? []
        : setup.KeepOut is { } ports ? GuardsInWords.Of(ports, setup.Rules)
        : KeepOutPorts.WhyNone(setup.Nic.Traits) is { } why ? [why]
        : [];

    /// <summary>Where every event is logged, none is told besides.</summary>
    private Task TellHappenings(IRunning run, PipelineSetup setup, Notices notices) =>
        terminal.Log is null && (setup.Nic.Traits.IsLive || setup.Options.Cluster is not null || setup.Options.Telemetry.Otlp.Endpoint is not null) ? Happenings.Tell(run.Events, notices, run.Completion) : Task.CompletedTask;

    /// <summary>A display would lie over packets on the same screen, whoever counts wants nothing else, and without a source there is nothing to show.</summary>
    private static bool IsShown(RunFlags flags, PipelineSetup setup) => setup.Nic.Queues.Count > 0 && !flags.CountsOnly && !FlagLayer.Prints(setup.Options);

    /// <summary>Shows how far the source has been read, if it has an end; else shows what happens.</summary>
    private Task Show(IRunning run, PipelineSetup setup, string? dashboard, Notices notices)
    {
        Func<Task>? live = !setup.Nic.Traits.HasProgress
            ? () => LiveDisplay.Show(terminal.Error, new LiveSubject(setup.Nic.Name, dashboard), run.Watch(LiveDisplay.BetweenViews, CancellationToken.None), notices)
            : null;
        return ProgressDisplay.Show(terminal, setup.Nic.Name, () => ProgressOf(run, setup), run.Completion, TimeProvider.System, live);
    }

    private void Warn(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings) terminal.Error.WriteLine(warning);
    }

    /// <summary>A report that cannot be printed is reported together with the other faults.</summary>
    private IEnumerable<RunFault> Print(string report)
    {
        try
        {
            terminal.Out.WriteLine(report);
            return [];
        }
        catch (OutputException error)
        {
            return [new RunFault("report", error)];
        }
    }

    /// <summary>Writes the faults last, where they are seen, and returns the exit code.</summary>
    private int Conclude(RunOutcome outcome)
    {
        var code = ExitCodes.Ok;
        foreach (var fault in outcome.Faults)
        {
            var failure = Failure.WhileRunning(fault.Where, fault.Error);
            if (failure.Message is not null) terminal.Error.WriteLine($"error: {failure.Message}");
            if (code == ExitCodes.Ok) code = failure.ExitCode;
        }

        return outcome.Aborted ? ExitCodes.SecondInterrupt : outcome.View.Balanced ? code : ExitCodes.LedgerOpen;
    }

    private static Progress ProgressOf(IRunning run, PipelineSetup setup)
    {
        var view = run.View();
        // A live source has no place that it has been read to.
        return new(setup.Nic.Traits.IsLive ? view.Ledger.Received.Bytes : setup.Nic.BytesRead, setup.Nic.BytesTotal, view.Ledger.Received.Packets, view.Elapsed);
    }

    private static Dictionary<string, string> OutputsOf(RunFlags flags)
    {
        var outputs = new Dictionary<string, string>();
        if (flags.Write is { } file) outputs[FlagLayer.Capture] = file == "-" ? "standard output" : file;
        if (flags.SplitFolder is { } folder) outputs[FlagLayer.Split] = folder;
        return outputs;
    }
}
