using Akka.Actor;
using Pipeline.Actors.Control;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>A pipeline at work, in an actor system of its own or in one that it joined. Its members may be called from any thread.</summary>
public sealed class PipelineRun : IAsyncDisposable
{
    private readonly Topology _topology;
    private readonly RunState _state;
    private readonly PipelineMeter _meter;
    private readonly ActorHome _home;
    private readonly IActorRef _root;

    private PipelineRun(PipelineSetup setup, Topology topology, ActorSystem? system)
    {
        Setup = setup;
        _topology = topology;
        _state = new RunState(setup.StopAfter, setup.OnFault, setup.OnRestart);
        _home = system is null ? ActorHome.Own() : ActorHome.Joined(system);
        _meter = new PipelineMeter(topology);
        _root = _home.Settle(PipelineRoot.Props(topology, _state), setup.Name);
        Completion = CompleteAsync();
        if (system is not null) _home.DrainBeforeShutdown(this);
    }

    /// <summary>What it was started with.</summary>
    public PipelineSetup Setup { get; }

    /// <summary>Ends when the source has ended and every packet is settled, or after <see cref="Drain"/> or <see cref="Abort"/>. Never faults.</summary>
    public Task<RunOutcome> Completion { get; }

    /// <summary>What turned out not to work for a link type: rules, and the expression. Grows while new link types come up.</summary>
    public IReadOnlyList<string> Warnings =>
        [.. _topology.Warnings.Select(w => w.ToString()), .. _topology.Selection.Rejections];

    /// <summary>Compiles the rules, creates the outputs and starts. The run owns the setup's source from here, also when this fails.</summary>
    /// <param name="setup">What to run.</param>
    /// <param name="system">
    /// The actor system to run in; null for one of its own. A system that is joined gets the pipeline's dispatchers and mailboxes, and
    /// one more actor at its top, which is gone when the run is disposed; it is never terminated. Pipelines of one system share threads.
    /// </param>
    /// <exception cref="ArgumentException">The name cannot be an actor's, or the options ask for what cannot be made.</exception>
    /// <exception cref="InvalidOperationException">The system has been terminated.</exception>
    /// <exception cref="RuleException">libpcap rejects a filter for every link type of the source.</exception>
    /// <exception cref="Nic.Consumers.OutputException">An output cannot be created.</exception>
    public static PipelineRun Start(PipelineSetup setup, ActorSystem? system = null)
    {
        try
        {
            if (!ActorPath.IsValidPathElement(setup.Name)) throw new ArgumentException($"the pipeline's name '{setup.Name}' cannot be an actor's", nameof(setup));
            if (system is { WhenTerminated.IsCompleted: true }) throw new InvalidOperationException($"the actor system '{system.Name}' has been terminated");
            var table = MarkTable.Compile(setup.Rules);
            var warnings = setup.Nic.Interfaces.Select(i => i.LinkType).Distinct().SelectMany(table.Prepare).ToList();
            if (setup.Nic.InterfacesAreFinal && table.RejectedEverywhere() is { Count: > 0 } errors) throw new RuleException(errors);

            var topology = Topology.Build(setup, table);
            foreach (var warning in warnings) topology.Warnings.Enqueue(warning);
            return new PipelineRun(setup, topology, system);
        }
        catch
        {
            setup.Nic.Dispose();
            throw;
        }
    }

    /// <summary>Stops receiving, lets everything in flight arrive, finishes outputs.</summary>
    public void Drain() => _root.Tell(RootProtocol.Drain.Instance);

    /// <summary>Ends now: what is in flight is counted as lost to the shutdown.</summary>
    public void Abort() => _root.Tell(RootProtocol.Abort.Instance);

    /// <summary>The figures now, while packets flow.</summary>
    public PipelineView View() => _meter.Read(atRest: false);

    /// <summary>Ends the run if it has not ended, and takes down what was its own of the actor system.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Completion.IsCompleted) Abort();
        await Completion;
        await _home.Leave(_root);
    }

    private async Task<RunOutcome> CompleteAsync()
    {
        await _state.AtRest;
        Setup.Nic.Dispose();
        AddRejections();
        var view = _meter.Read(atRest: true);
        if (!view.Balanced) _state.AddFault("ledger", new LedgerException(view.Ledger));
        return new RunOutcome(view, _state.Faults, _state.IsAborted);
    }

    /// <summary>What could not be judged at the start, because interfaces were still to come: filters that fitted none of them.</summary>
    private void AddRejections()
    {
        if (Setup.Nic.InterfacesAreFinal) return;
        if (_topology.Table.RejectedEverywhere() is { Count: > 0 } errors) _state.AddFault("rules", new RuleException(errors));
        if (_topology.Selection.RejectedEverywhere is { } words) _state.AddFault("expression", new FilterException(words));
    }
}
