using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>A pipeline at work, in an actor system of its own or in one that it joined. Its members may be called from any thread.</summary>
public sealed partial class PipelineRun : IAsyncDisposable
{
    private readonly Topology _topology;
    private readonly RunState _state;
    private readonly PipelineMeter _meter;
    private readonly ActorHome _home;
    private readonly Watchers _watchers = new();
    private readonly IActorRef _root;

    private PipelineRun(PipelineSetup setup, Topology topology, ActorSystem? system)
    {
        Setup = setup;
        _topology = topology;
        _state = new RunState(setup.StopAfter, setup.OnFault, setup.OnRestart) { Drain = setup.Options.Drain };
        _home = system is null ? ActorHome.Own(topology) : ActorHome.Joined(system, topology);
        _meter = new PipelineMeter(topology, _state);
        _root = _home.Settle(PipelineRoot.Props(topology, _state, NodeTelemetry.Props(_meter, _watchers)), setup.Name);
        topology.Assemblies.OnFault(fault => _root.Tell(new RootProtocol.HandlerThrew(fault)));
        Completion = CompleteAsync();
        if (system is not null) _home.DrainBeforeShutdown(_root, Completion, setup.Name);
    }

    /// <summary>What it was started with.</summary>
    public PipelineSetup Setup { get; }

    /// <summary>Ends when the source has ended and every packet is settled, or after <see cref="Drain"/> or <see cref="Abort"/>. Never faults.</summary>
    public Task<RunOutcome> Completion { get; }

    /// <summary>What turned out not to work for a link type: rules, and the expression. Grows while new link types come up.</summary>
    public IReadOnlyList<string> Warnings =>
        [.. _topology.Warnings.Lines, .. _topology.Selection.Rejections];

    /// <summary>Which thread runs what, and on which CPU, a line each.</summary>
    public IReadOnlyList<string> Placement =>
        [.. _topology.Placement!.Describe([.. _topology.Queues.Select(q => q.Queue.Queue.Name)], [.. _topology.Consumers.Select(c => c.ActorName)])];

    /// <summary>Compiles the rules, creates the outputs and starts. The run owns the setup's source from here, also when this fails.</summary>
    /// <param name="setup">What to run.</param>
    /// <param name="system">
    /// The actor system to run in; null for one of its own. A system that is joined gets the pipeline's dispatchers and mailboxes, and
    /// one more actor at its top, which is gone when the run is disposed; it is never terminated. Pipelines of one system share threads.
    /// </param>
    /// <exception cref="ArgumentException">The name cannot be an actor's, or the options ask for what cannot be made.</exception>
    /// <exception cref="InvalidOperationException">The system has been terminated.</exception>
    /// <exception cref="RuleException">libpcap rejects a filter for every link type of the source.</exception>
    /// <exception cref="OutputException">An output cannot be created.</exception>
    /// <exception cref="HandlerException">A handler cannot be had.</exception>
    public static PipelineRun Start(PipelineSetup setup, ActorSystem? system = null)
    {
        try
        {
            if (!ActorPath.IsValidPathElement(setup.Name)) throw new ArgumentException($"the pipeline's name '{setup.Name}' cannot be an actor's", nameof(setup));
            if (system is { WhenTerminated.IsCompleted: true }) throw new InvalidOperationException($"the actor system '{system.Name}' has been terminated");
            var table = MarkTable.Compile(setup.Rules, setup.Guards);
            var warnings = new WarningList();
            foreach (var link in setup.Nic.Interfaces.Select(i => i.Link).Distinct()) warnings.Add(table.Prepare(link));
            if (setup.Nic.InterfacesAreFinal && table.RejectedEverywhere() is { Count: > 0 } errors) throw new RuleException(errors);
            if (setup.Options.Source.Offload) warnings.Add(RuleOffloading.Start(setup, table));

            var topology = Topology.Build(setup, table);
            topology.Place(UsableCpus.OfThisProcess());
            topology.Warnings.Add(warnings);
            return new PipelineRun(setup, topology, system);
        }
        catch
        {
            setup.Nic.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Stops receiving, lets everything in flight arrive, finishes outputs. What has not arrived within <see cref="PipelineOptions.Drain"/>
    /// is counted as lost to the shutdown.
    /// </summary>
    public void Drain() => _root.Tell(RootProtocol.Drain.Instance);

    /// <summary>Ends now: what is in flight is counted as lost to the shutdown.</summary>
    public void Abort() => _root.Tell(RootProtocol.Abort.Instance);

    /// <summary>
    /// Has a consumer, all its instances, take no more bundles for now. They wait, and beyond its routes' shares the routes' overload
    /// policies apply. It goes on at <see cref="ResumeConsumer"/> or <see cref="Drain"/>; a source that ends meanwhile waits for that.
    /// </summary>
    /// <returns>False when there is no consumer of that name.</returns>
    public bool PauseConsumer(string name) => TellConsumer(name, ConsumerProtocol.Pause.Instance);

    /// <summary>Has a paused consumer go on; one that is not paused does anyway.</summary>
    /// <returns>False when there is no consumer of that name.</returns>
    public bool ResumeConsumer(string name) => TellConsumer(name, ConsumerProtocol.Resume.Instance);

    /// <summary>
    /// Disposes a consumer, all its instances, and makes it anew, at once even where it is waiting after a failure. Bundles wait
    /// meanwhile, and none is lost. A paused one stays paused.
    /// </summary>
    /// <returns>False when there is no consumer of that name.</returns>
    /// <exception cref="InvalidOperationException">It writes a file, over which a new one would write.</exception>
    public bool RestartConsumer(string name)
    {
        if (_topology.Consumers.Any(c => c.Group == name && c.IsOutput))
        {
            throw new InvalidOperationException($"consumer {name} writes a capture, and a new one would write over it; only bypass and stack consumers can be restarted");
        }

        return TellConsumer(name, ConsumerProtocol.Restart.Instance);
    }

    /// <summary>The figures now; the final ones once it is at rest.</summary>
    public PipelineView View() => Completion.IsCompletedSuccessfully ? Completion.Result.View : _meter.Read(atRest: false);

    /// <summary>
    /// The figures again and again, until the final ones. A watcher that is slow misses views and never holds anything up; while
    /// nobody watches nothing is read.
    /// </summary>
    /// <param name="interval">The time between two, within 50 ms to 10 s. The first comes at once.</param>
    /// <param name="stop">Ends the watching.</param>
    public IAsyncEnumerable<PipelineView> Watch(TimeSpan interval, CancellationToken stop = default) => _watchers.Watch(interval, stop);

    /// <summary>Writes what a consumer has gathered so far, such as the flows in its table; of several instances one after the other.</summary>
    /// <returns>False when the consumer gathers nothing, is down at the moment, or the run is over.</returns>
    public async Task<bool> ReportAsync(string consumer, TextWriter text)
    {
        var written = false;
        foreach (var instance in _topology.Consumers)
        {
            if (instance.Group != consumer || instance.Figures.Current is not IReporting) continue;
            var answer = new TaskCompletionSource<Action<TextWriter>?>(TaskCreationOptions.RunContinuationsAsynchronously);
            instance.Ref.Tell(new ConsumerProtocol.TakeReport(answer));
            await Task.WhenAny(answer.Task, Completion);
            if (!answer.Task.IsCompletedSuccessfully || answer.Task.Result is not { } write) continue;
            write(text);
            written = true;
        }

        return written;
    }

    /// <summary>Ends the run if it has not ended, and takes down what was its own of the actor system.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Completion.IsCompleted) Abort();
        await Completion;
        await _home.Leave(_root, _state.LeftBehind.Count > 0);
    }

    private bool TellConsumer(string name, ILocalMessage message)
    {
        if (!_topology.Consumers.Any(c => c.Group == name)) return false;
        _root.Tell(new RootProtocol.ToConsumer(name, message));
        return true;
    }

    private async Task<RunOutcome> CompleteAsync()
    {
        await _state.AtRest;
        Setup.Nic.Dispose();
        _topology.Assemblies.Dispose();
        AddRejections();
        foreach (var failure in ConsumerFailures.Of(_topology.Consumers)) _state.AddFault(failure.Where, failure.Error);
        var view = _meter.Read(atRest: true);
        if (!view.Balanced) _state.AddFault("ledger", new LedgerException(view.Ledger));
        _watchers.Close(view);
        return new RunOutcome(view, _state.Faults, _state.IsAborted);
    }

    /// <summary>What could not be judged at the start, because interfaces were still to come: filters that fitted none of them.</summary>
    private void AddRejections()
    {
        if (Setup.Nic.InterfacesAreFinal) return;
        if (_topology.Rules.InForce.RejectedEverywhere() is { Count: > 0 } errors) _state.AddFault("rules", new RuleException(errors));
        if (_topology.Selection.RejectedEverywhere is { } words) _state.AddFault("expression", new FilterException(words));
    }
}
