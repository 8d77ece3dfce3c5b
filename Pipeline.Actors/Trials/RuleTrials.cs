using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Trials;

/// <summary>
/// Rules on trial beside those in force, and the paths of packets, while packets flow: on every packet that routers see, and without any
/// effect on one. While a trial goes on, routers judge each packet twice. Any thread.
/// </summary>
public sealed class RuleTrials
{
    /// <summary>Dry runs and counts of paths at a time.</summary>
    public const int Most = 4;

    /// <summary>The longest time that a dry run, or a count of paths, takes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly PipelineSetup _setup;
    private readonly Topology _topology;
    private readonly EventLog _events;
    private readonly TimeProvider _clock;
    private readonly Func<Task> _over;
    private Trial? _shadow;
    private int _underWay;

    /// <param name="over">Ends with the run.</param>
    internal RuleTrials(PipelineSetup setup, Topology topology, EventLog events, TimeProvider clock, Func<Task> over) =>
        (_setup, _topology, _events, _clock, _over) = (setup, topology, events, clock, over);

    /// <summary>Puts rules in shadow: they judge every packet until they are taken away or replaced, and mark none.</summary>
    /// <param name="text">A rule file's text.</param>
    /// <param name="source">The name of the text in messages.</param>
    /// <param name="who">Who wants it, for the events.</param>
    /// <returns>What is wrong with the text. Where that is an error, nothing has changed.</returns>
    public async Task<RuleCheck> BeginShadowAsync(string text, string source, string who)
    {
        var (check, table) = await Build(text, source);
        if (table is null) return check;
        var shadow = new Trial(table, who, _clock.GetUtcNow(), Routers);
        lock (_lock)
        {
            _shadow?.End();
            _shadow = shadow;
            shadow.Begin();
        }

        _events.Add(PipelineEventKind.Noted, "rules", $"{who} has put {table.Rules.Rules.Count} rules in shadow, from {source}");
        return check;
    }

    /// <summary>Takes the rules in shadow away.</summary>
    /// <returns>False where there were none.</returns>
    public bool EndShadow(string who)
    {
        lock (_lock)
        {
            if (_shadow is not { } shadow) return false;
            shadow.End();
            _shadow = null;
        }

        _events.Add(PipelineEventKind.Noted, "rules", $"{who} has taken the rules in shadow away");
        return true;
    }

    /// <summary>How the rules in shadow have judged; null where there are none.</summary>
    public TrialView? Shadow()
    {
        // It might compile the rules for a link type, and whoever begins or ends one must not wait for that.
        return Volatile.Read(ref _shadow)?.View(Routes(), IsBehindDevice);
    }

    /// <summary>Lets rules judge the packets of a while: a dry run.</summary>
    /// <param name="text">A rule file's text.</param>
    /// <param name="source">The name of the text in messages.</param>
    /// <param name="who">Who wants it.</param>
    /// <param name="time">How long, above 0 and at most <see cref="Longest"/>. The end of the run ends it too.</param>
    /// <param name="stop">Ends it early, without an answer.</param>
    /// <returns>What is wrong with the text, and what changes; null where there is an error, or too many go on.</returns>
    public async Task<(RuleCheck Check, TrialView? View)> TryAsync(
        string text, string source, string who, TimeSpan time, CancellationToken stop = default)
    {
        var (check, table) = await Build(text, source);
        if (table is null) return (check, null);
        return (check, await InTurn(async () =>
        {
            var trial = new Trial(table, who, _clock.GetUtcNow(), Routers);
            trial.Begin();
            try
            {
                await Wait(time, stop);
                return trial.View(Routes(), IsBehindDevice);
            }
            finally
            {
                trial.End();
            }
        }));
    }

    /// <summary>Counts the paths of all packets that routers see during a while.</summary>
    /// <param name="time">How long, above 0 and at most <see cref="Longest"/>. The end of the run ends it too, and what other rules mark is not counted.</param>
    /// <param name="stop">Ends it early, without an answer.</param>
    /// <returns>Null where too many go on.</returns>
    public Task<PathsView?> PathsAsync(TimeSpan time, CancellationToken stop = default) => InTurn(async () =>
    {
        var ports = Routers.Select(router => (Router: router, Port: new PathPort(_clock))).ToList();
        var began = _clock.GetTimestamp();
        foreach (var (router, port) in ports) router.Scatter.Captures.Add(port);
        try
        {
            await Wait(time, stop);
        }
        finally
        {
            foreach (var (router, port) in ports)
            {
                port.Close();
                router.Scatter.Captures.Remove(port);
            }
        }

        var paths = ports.SelectMany(p => p.Port.Read()).GroupBy(p => (p.Rule, p.IsKeptOut, p.Mark, p.Consumer, p.Reason))
            .Select(g => g.First() with { Packets = PacketTally.Sum(g.Select(p => p.Packets)) }).OrderByDescending(p => p.Packets.Packets);
        var ended = ports.Select(p => p.Port.OvertakenAt).Append(_clock.GetTimestamp()).Min()!.Value;
        return new PathsView(_clock.GetElapsedTime(began, ended), [.. paths], PacketTally.Sum(ports.Select(p => p.Port.Beyond)));
    });

    /// <summary>Whether all routers have their packets judged by other rules too.</summary>
    internal bool IsUnderWay => Routers.All(r => r.Shadows.All is not null);

    /// <summary>Those whose packets were received. Copies of what a device passes are none of them.</summary>
    private IEnumerable<RouterCell> Routers => _topology.Queues.Select(q => q.Router).Where(r => !r.IsOfCopies);

    private bool IsBehindDevice => _setup.IsOffloaded;

    internal RouteTable Routes() => new(_topology.Routes.Plans[0].Table.Routes, _setup.KeepOut is not null);

    internal Task<(RuleCheck Check, MarkTable? Table)> Build(string text, string source) => Task.Run(() =>
    {
        var inForce = _topology.Rules.InForce;
        var table = _topology.Rules.Builder.Build(
            new SourceText(source, text), inForce.Rules.Generation + 1, inForce.Links, out var diagnostics);
        var delta = table is null ? RuleSetDelta.None : RuleSetDelta.Between(inForce.Rules, table.Rules);
        return (new RuleCheck(table?.Rules, diagnostics, delta), table);
    });

    private async Task<T?> InTurn<T>(Func<Task<T>> work)
        where T : class
    {
        // Whoever is refused is never counted, so that nobody else is refused because of it.
        lock (_lock)
        {
            if (_underWay == Most) return null;
            _underWay++;
        }

        try
        {
            return await work();
        }
        finally
        {
            lock (_lock) _underWay--;
        }
    }

    private async Task Wait(TimeSpan time, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, Longest);
        await Task.WhenAny(_over(), Task.Delay(time, _clock, stop)).Unwrap();
    }
}
