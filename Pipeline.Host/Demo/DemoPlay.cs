using Pipeline.Actors;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Running;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Demo;

/// <summary>
/// What goes wrong in a demo: by itself in its first minute, and whenever somebody orders it. Each act is an event before it happens, so
/// that no loss in a demo is without its cause. It ends with the run. Any thread.
/// </summary>
internal sealed class DemoPlay(bool tellsStory, TimeProvider? time = null) : IDemoPlay, IDisposable
{
    /// <summary>The consumer that acts are about.</summary>
    private const string Consumer = "flows";

    private const int ElephantFactor = 10;

    private static readonly TimeSpan StallFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FloodFor = TimeSpan.FromSeconds(4);

    /// <summary>The story of the first minute.</summary>
    private static readonly (TimeSpan After, DemoAct Act)[] Story =
    [
        (TimeSpan.FromSeconds(10), DemoAct.Overrun),
        (TimeSpan.FromSeconds(20), DemoAct.Crash),
        (TimeSpan.FromSeconds(30), DemoAct.Elephant),
        (TimeSpan.FromSeconds(42), DemoAct.BrokenRule),
        (TimeSpan.FromSeconds(50), DemoAct.Slow),
    ];

    private readonly Stage _stage = new();
    private readonly CancellationTokenSource _over = new();
    private PipelineSetup? _setup;
    private int _overruns;

    /// <summary>Puts the stage around the demo's consumer.</summary>
    public PipelineSetup Dress(PipelineSetup setup)
    {
        var tell = setup.OnEvent;
        _setup = setup with
        {
            Around = (name, consumer) => name == Consumer ? new StagedConsumer(consumer, _stage) : consumer,
            OnEvent = happened =>
            {
                if (happened.Kind == PipelineEventKind.Ending) _stage.End();
                tell?.Invoke(happened);
            },
        };
        return _setup;
    }

    /// <summary>Begins the story.</summary>
    public void Begin(IRunning run)
    {
        if (tellsStory) _ = Tell(run);
    }

    /// <inheritdoc/>
    public async Task<(bool IsDone, string Words)> Perform(DemoAct act, IRunning run, string who)
    {
        if (run.Completion.IsCompleted) return (false, "the run is over");
        if (WhyNot(act) is { } why) return (false, why);

        // A flood begins a moment after it is ordered, and so after its event.
        if (act == DemoAct.Elephant && !Wire!.TryFlood(ElephantFactor, FloodFor)) return (false, "a flood goes on, or has just ended");
        run.Note("demo", $"{act.Name}, by {who}: {act.Words}");
        if (act == DemoAct.Slow) _stage.Slow();
        else if (act == DemoAct.Crash) _stage.Crash();
        else if (act == DemoAct.Hang) _stage.Hang();
        else if (act == DemoAct.Overrun) Overrun();
        return act == DemoAct.BrokenRule ? (true, await BreakRules(run, who)) : (true, act.Words);
    }

    public void Dispose()
    {
        _over.Cancel();
        _stage.Dispose();
    }

    private SimulatedNic? Wire => _setup?.Nic is SimulatedNic nic && _setup.Options.Source.Sim is { FreeRunning: true, Rate: not null } ? nic : null;

    private string? WhyNot(DemoAct act) =>
        (act == DemoAct.Overrun || act == DemoAct.Elephant) && Wire is null ? "the source is no free-running simulator with a rate"
        : (act == DemoAct.Slow || act == DemoAct.Crash || act == DemoAct.Hang) && _setup?.Options.Consumers.ContainsKey(Consumer) != true ? $"there is no consumer {Consumer}"
        : null;

    /// <summary>Another queue each time.</summary>
    private void Overrun()
    {
        var sim = _setup!.Options.Source.Sim!;
        Wire!.Stall((Interlocked.Increment(ref _overruns) + 1) % sim.Queues, (long)(StallFor.TotalSeconds * sim.Rate!.Value));
    }

    private static async Task<string> BreakRules(IRunning run, string who)
    {
        var text = run.Rules.History[^1].Text.TrimEnd('\n') + "\nrule broken match 12:ffff:10800 mark 0x40\n";
        var change = await run.ApplyRules(text, "demo", who);
        var words = change.Outcome == RuleOutcome.Invalid
            ? $"refused: {FirstLine(change.Diagnostics.First(d => d.Severity == Severity.Error))}; generation {change.Generation} stays in force"
            : $"{change.Outcome}";
        run.Note("demo", words);
        return words;
    }

    /// <summary>Its position and what is wrong, without the line of the rule file that it shows.</summary>
    private static string FirstLine(Diagnostic diagnostic) => diagnostic.ToString().Split('\n')[0];

    private async Task Tell(IRunning run)
    {
        var clock = time ?? TimeProvider.System;
        var began = clock.GetTimestamp();
        foreach (var (after, act) in Story)
        {
            try
            {
                var rest = after - clock.GetElapsedTime(began);
                if (rest > TimeSpan.Zero) await Task.Delay(rest, clock, _over.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Perform(act, run, "the story");
        }
    }
}
