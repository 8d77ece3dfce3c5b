using Akka.Actor;
using Pipeline.Actors.Captures;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Links;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Trials;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>
/// A pipeline at work, in an actor system of its own or in one that it joined. Its members may be called from any thread.
/// </summary>
public sealed partial class PipelineRun : IAsyncDisposable
{
    private readonly Topology _topology;
    private readonly RunState _state;
    private readonly PipelineMeter _meter;
    private readonly ActorHome _home;
    private readonly Watchers _watchers = new();
    private readonly RateHistory _history = new();
    private readonly IActorRef _root;
    private readonly Inquiries _inquiries;
    private readonly PipelineInstruments _instruments;

    private PipelineRun(PipelineSetup setup, Topology topology, RunState state, ClusterNode? cluster, ActorSystem? system)
    {
        Setup = setup;
        Cluster = cluster;
        _topology = topology;
        _state = state;
        _home = system is null ? ActorHome.Own(topology) : ActorHome.Joined(system, topology);
        Trials = new RuleTrials(setup, topology, state.Events, TimeProvider.System, () => Completion!);
        _meter = new PipelineMeter(topology, _state, cluster);
        Captures = new CaptureList(setup, topology, state.Events, TimeProvider.System);
        _state.Events.Add(Begun(setup));
        var telemetry = NodeTelemetry.Props(_meter, _watchers, _history, new BreakerWatch(topology.Routes.Breakers, _state));
        _root = _home.Settle(PipelineRoot.Props(topology, _state, telemetry, cluster), setup.Name);
        topology.Assemblies.OnFault(fault => _root.Tell(new RootProtocol.HandlerThrew(fault)));
        Completion = CompleteAsync();
        _inquiries = new Inquiries(Completion);
        _instruments = new PipelineInstruments(setup.Meters, setup.Name, View);
        if (system is not null) _home.DrainBeforeShutdown(_root, Completion, setup.Name);
        cluster?.Rules.Attach(new RulesOfThisNode(this));
    }

    /// <summary>What it was started with.</summary>
    public PipelineSetup Setup { get; }

    /// <summary>
    /// Ends when the source has ended and every packet is settled, or after <see cref="Drain"/> or <see cref="Abort"/>. Never faults.
    /// </summary>
    public Task<RunOutcome> Completion { get; }

    /// <summary>Rules, and the expression, that turned out not to work for a link type. The list grows as new link types occur.</summary>
    public IReadOnlyList<string> Warnings =>
        [.. _topology.Warnings.Lines, .. _topology.Selection.Rejections];

    /// <summary>The events so far: faults, failed handlers, orders, rules, routes, losses.</summary>
    public EventLog Events => _state.Events;

    /// <summary>
    /// Its part in the cluster that <see cref="PipelineOptions.Cluster"/> describes; null for none. Losing the cluster ends nothing here.
    /// </summary>
    public ClusterNode? Cluster { get; }

    /// <summary>Which thread runs what, and on which CPU, in one line each.</summary>
    public IReadOnlyList<string> Placement =>
        [.. _topology.Placement!.Describe(
            [.. _topology.Queues.Select(q => q.Queue.Queue.Name)], [.. _topology.Consumers.Select(c => c.ActorName)])];

    /// <summary>
    /// Compiles the rules, creates the outputs and starts. From here on the run owns the setup's source, also when this fails.
    /// </summary>
    /// <param name="setup">What to run.</param>
    /// <param name="system">
    /// The actor system to run in; null for one of its own. A system that is joined gets the pipeline's dispatchers and mailboxes. It also
    /// gets one more actor at its top, which is gone when the run is disposed. The run never terminates it. Pipelines of one system share
    /// threads.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The name cannot be an actor's, or the options describe something that cannot be made.
    /// </exception>
    /// <exception cref="InvalidOperationException">The system has been terminated.</exception>
    /// <exception cref="RuleException">libpcap rejects a filter for every link type of the source.</exception>
    /// <exception cref="OutputException">An output cannot be created.</exception>
    /// <exception cref="HandlerException">A handler is not available.</exception>
    /// <exception cref="ClusterException">The node's address or certificate cannot be used.</exception>
    public static PipelineRun Start(PipelineSetup setup, ActorSystem? system = null)
    {
        ClusterNode? cluster = null;
        LinkDoor? door = null;
        IPreparedRules? device = null;
        try
        {
            if (!ActorPath.IsValidPathElement(setup.Name))
                throw new ArgumentException($"the pipeline's name '{setup.Name}' cannot be an actor's", nameof(setup));
            if (system is { WhenTerminated.IsCompleted: true })
                throw new InvalidOperationException($"the actor system '{system.Name}' has been terminated");
            var table = MarkTable.Compile(setup.Rules, setup.Guards);
            var warnings = new WarningList();
            foreach (var link in setup.Nic.Interfaces.Select(i => i.Link).Distinct()) warnings.Add(table.Prepare(link));
            if (setup.Nic.InterfacesAreFinal && table.RejectedEverywhere() is { Count: > 0 } errors) throw new RuleException(errors);
            device = RuleOffloading.Prepare(setup, table, out var ofDevice);
            warnings.Add(ofDevice);

            // A node that was started twice must not empty the outputs of the one that runs.
            var state = new RunState(setup.StopAfter, setup.OnEvent) { Drain = setup.Options.Drain };
            cluster = Join(setup.Options, state);
            door = setup.Options.Cluster is { } place ? LinkDoor.Bind(place) : null;
            var topology = Topology.Build(setup, table);
            topology.Door = door;
            topology.Place(UsableCpus.OfThisProcess());
            topology.Warnings.Add(warnings);

            // In a cluster the source may have to wait for consumers, and nobody takes what the device would give meanwhile.
            (state.Device, device) = (device, null);
            if (cluster is null) state.PutInForce();
            return new PipelineRun(setup, topology, state, cluster, system);
        }
        catch
        {
            // It leaves by itself, which takes a second that nobody has to wait for.
            _ = cluster?.DisposeAsync().AsTask();
            door?.Dispose();
            device?.Dispose();
            setup.Nic.Dispose();
            throw;
        }
    }

    /// <summary>Adds an event of the program around the pipeline, to be found beside what happens to packets.</summary>
    /// <param name="where">The part that it is about.</param>
    /// <param name="words">What happened. Line breaks become spaces.</param>
    public void Note(string where, string words) => _state.Events.Add(PipelineEventKind.Noted, where, words.ReplaceLineEndings(" "));

    /// <summary>
    /// Stops receiving, lets everything in flight arrive, and finishes outputs. Packets that have not arrived within
    /// <see cref="PipelineOptions.Drain"/> are counted as lost to the shutdown.
    /// </summary>
    public void Drain() => _root.Tell(RootProtocol.Drain.Instance);

    /// <summary>Ends now. Packets in flight are counted as lost to the shutdown.</summary>
    public void Abort() => _root.Tell(RootProtocol.Abort.Instance);

    /// <summary>The figures now, or the final ones once it is at rest.</summary>
    public PipelineView View() => Completion.IsCompletedSuccessfully ? Completion.Result.View : _meter.Read(atRest: false);

    /// <summary>
    /// How long its control actors have given no sign of life, which they do once a second; zero once it has ended. After half a minute
    /// (<see cref="PipelineHealth.LongestSilence"/>) nobody can expect that they will.
    /// </summary>
    public TimeSpan Silence => Completion.IsCompleted ? TimeSpan.Zero : _meter.Elapsed - _history.LastElapsed;

    /// <summary>
    /// The last five minutes, of which a reading is kept every second from the start to the end of the run, whether anybody looks or not.
    /// </summary>
    public HistoryView History() => _history.Read();

    /// <summary>
    /// The actors that there are now, and what each of them does. It asks none of them: what it tells is what they leave for others to read.
    /// Empty once the run has ended, but for actors that were left behind.
    /// </summary>
    public ActorsView Actors() => ActorTree.Read(_root, Cluster?.System, new ActorWords(_topology, _state, _watchers));

    /// <summary>
    /// Repeats the figures until the final ones. A slow watcher misses views and never delays anything. While nobody watches, no views are
    /// made.
    /// </summary>
    /// <param name="interval">The time between two views, from 50 ms to 10 s. The first comes at once.</param>
    /// <param name="stop">Ends the sequence.</param>
    public IAsyncEnumerable<PipelineView> Watch(TimeSpan interval, CancellationToken stop = default) => _watchers.Watch(interval, stop);

    /// <summary>Ends the run if it has not ended, and removes its parts of the actor system.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Completion.IsCompleted) Abort();
        await Completion;
        _instruments.Dispose();
        var home = _home.Leave(_root, _state.LeftBehind.Count > 0);
        if (Cluster is not null) await Cluster.DisposeAsync();
        await home;
    }

    private static ClusterNode? Join(PipelineOptions options, RunState state) => options.Cluster is { } cluster
        ? ClusterNode.Start(cluster, options.Akka, words => state.Events.Add(PipelineEventKind.ClusterChanged, cluster.Name, words))
        : null;

    private static PipelineEvent Begun(PipelineSetup setup)
    {
        var words = $"reads {setup.Nic.Name} with {setup.Rules.Rules.Count} rules, generation {setup.Rules.Generation}";
        return new PipelineEvent(0, default, PipelineEventKind.Started, "pipeline", words) { Generation = setup.Rules.Generation };
    }

    private static PipelineEvent Over(PipelineView view)
    {
        var books = view.Ledger;
        var words = $"ended: received {books.Received.Packets} = delivered {books.Delivered.Packets} + passed {books.Passed.Packets} "
            + $"+ dropped {books.Dropped.Packets} + in flight {books.InFlight.Packets}, {(view.Balanced ? "balanced" : "NOT BALANCED")}";
        return new PipelineEvent(0, default, PipelineEventKind.Ended, "pipeline", words) { Lasted = view.Elapsed, Final = view };
    }

    private async Task<RunOutcome> CompleteAsync()
    {
        await _state.AtRest;
        await Captures.EndAsync();
        _state.Device?.Dispose();
        Setup.Nic.Dispose();
        ReadLastLosses();
        _topology.Assemblies.Dispose();
        AddRejections();
        foreach (var failure in ConsumerFailures.Of(_topology.Consumers)) _state.AddFault(failure.Where, failure.Error);
        var view = _meter.Read(atRest: true);
        if (!view.Balanced) _state.AddFault("ledger", new LedgerException(view.Ledger));
        foreach (var loss in _state.Losses.End(view.Ledger, DateTimeOffset.UtcNow)) _state.Events.Add(loss);
        _state.Events.Add(Over(view));
        _watchers.Close(view);
        _state.Events.Close();
        return new RunOutcome(view, _state.Faults, _state.IsAborted);
    }

    /// <summary>
    /// What a device has taken when it is disposed, and no queue has received, is lost. A queue whose actor was left behind may still be at
    /// work, so it is not asked.
    /// </summary>
    private void ReadLastLosses()
    {
        foreach (var (queue, _) in _topology.Queues)
        {
            if (_state.LeftBehind.Contains(queue.Queue.Name)) continue;
            try
            {
                queue.Queue.ReadLosses(queue.Account);
            }
            catch (Exception error)
            {
                if (queue.Fault is null) _state.AddFault(queue.Queue.Name, error);
            }
        }
    }

    /// <summary>
    /// Adds the filters that fitted no interface. They could not be judged at the start, because interfaces were still to come.
    /// </summary>
    private void AddRejections()
    {
        if (Setup.Nic.InterfacesAreFinal) return;
        if (_topology.Rules.InForce.RejectedEverywhere() is { Count: > 0 } errors) _state.AddFault("rules", new RuleException(errors));
        if (_topology.Selection.RejectedEverywhere is { } words) _state.AddFault("expression", new FilterException(words));
    }
}
