using Akka.Actor;
using Pipeline.Actors.Control;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>A pipeline at work, in an actor system of its own. Its members may be called from any thread.</summary>
public sealed partial class PipelineRun : IAsyncDisposable
{
    /// <summary>A consumer that hangs in a system call cannot be stopped, only left behind.</summary>
    private static readonly TimeSpan TerminatePatience = TimeSpan.FromSeconds(5);

    private readonly Topology _topology;
    private readonly RunState _state;
    private readonly PipelineMeter _meter;
    private readonly ActorSystem _system;
    private readonly IActorRef _root;

    private PipelineRun(PipelineSetup setup, Topology topology)
    {
        Setup = setup;
        _topology = topology;
        _state = new RunState(setup.StopAfter);
        _system = ActorSystem.Create("pipeline", EmbeddedConfig.Load(topology.MailboxBundles, topology.Placement));
        _meter = new PipelineMeter(topology);
        _root = _system.ActorOf(PipelineRoot.Props(topology, _state), "pipeline");
        Completion = CompleteAsync();
    }

    public PipelineSetup Setup { get; }

    /// <summary>Ends when the source has ended and every packet is settled, or after <see cref="Drain"/> or <see cref="Abort"/>. Never faults.</summary>
    public Task<RunOutcome> Completion { get; }

    /// <summary>What turned out not to work for a link type: rules, and the expression. Grows while new link types come up.</summary>
    public IReadOnlyList<string> Warnings =>
        [.. _topology.Warnings.Select(w => w.ToString()), .. _topology.Selection.Rejections];

    /// <summary>Which thread runs what, and on which CPU, a line each.</summary>
    public IReadOnlyList<string> Placement =>
        [.. _topology.Placement!.Describe([.. _topology.Queues.Select(q => q.Queue.Queue.Name)], [.. _topology.Consumers.Select(c => c.Cell.ActorName)])];

    /// <summary>Compiles the rules, creates the outputs and starts. The run owns the setup's source from here, also when this fails.</summary>
    /// <exception cref="RuleException">libpcap rejects a filter for every link type of the source.</exception>
    /// <exception cref="OutputException">An output cannot be created.</exception>
    /// <exception cref="HandlerException">A handler cannot be had.</exception>
    public static PipelineRun Start(PipelineSetup setup)
    {
        try
        {
            var table = MarkTable.Compile(setup.Rules);
            var warnings = setup.Nic.Interfaces.Select(i => i.LinkType).Distinct().SelectMany(table.Prepare).ToList();
            if (setup.Nic.InterfacesAreFinal && table.RejectedEverywhere() is { Count: > 0 } errors) throw new RuleException(errors);
            if (setup.Options.Source.Offload) warnings.AddRange(MarkOffloading.Start(setup.Nic, table));

            var topology = Topology.Build(setup, table);
            topology.Place(UsableCpus.OfThisProcess());
            foreach (var warning in warnings) topology.Warnings.Enqueue(warning);
            return new PipelineRun(setup, topology);
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
        if (_topology.Consumers.Any(c => c.Cell.Options.Name == name && c.Cell.IsOutput))
        {
            throw new InvalidOperationException($"consumer {name} writes a capture, and a new one would write over it; only bypass and stack consumers can be restarted");
        }

        return TellConsumer(name, ConsumerProtocol.Restart.Instance);
    }

    /// <summary>The figures now, while packets flow.</summary>
    public PipelineView View() => _meter.Read(atRest: false);

    /// <summary>Writes what a consumer has gathered so far, such as the flows in its table; of several instances one after the other.</summary>
    /// <returns>False when the consumer gathers nothing, is down at the moment, or the run is over.</returns>
    public async Task<bool> ReportAsync(string consumer, TextWriter text)
    {
        var written = false;
        foreach (var (cell, target) in _topology.Consumers)
        {
            if (cell.Options.Name != consumer || cell.Current is not IReporting) continue;
            var answer = new TaskCompletionSource<Action<TextWriter>?>(TaskCreationOptions.RunContinuationsAsynchronously);
            target.Ref.Tell(new ConsumerProtocol.TakeReport(answer));
            await Task.WhenAny(answer.Task, Completion);
            if (!answer.Task.IsCompletedSuccessfully || answer.Task.Result is not { } write) continue;
            write(text);
            written = true;
        }

        return written;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Completion.IsCompleted) Abort();
        await Completion;
        await Task.WhenAny(_system.Terminate(), Task.Delay(TerminatePatience));
    }

    private bool TellConsumer(string name, ILocalMessage message)
    {
        if (!_topology.Consumers.Any(c => c.Cell.Options.Name == name)) return false;
        _root.Tell(new RootProtocol.ToConsumer(name, message));
        return true;
    }

    private async Task<RunOutcome> CompleteAsync()
    {
        await _state.AtRest;
        Setup.Nic.Dispose();
        _topology.Assemblies.Dispose();
        AddRejections();
        var view = _meter.Read(atRest: true);
        if (!view.Balanced) _state.AddFault("ledger", new LedgerException(view.Ledger));
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
