using Akka.Actor;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Links;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Control;

/// <summary>Begins when there is somebody for the packets, and ends when other nodes have settled them.</summary>
internal sealed partial class PipelineRoot
{
    private const string WaitTimer = "wait";

    /// <summary>The links over which everything has been settled since the last router drained.</summary>
    private readonly HashSet<PeerCell> _finished = [];
    private bool _hasSource;
    private bool _isWithdrawing;
    private bool _isCompleting;
    private bool _isFinishing;
    private int _links;

    /// <summary>Starts the queues, once every group that a route leads to has an instance somewhere.</summary>
    private void TryStartSource()
    {
        if (_hasSource || _state.IsEnding) return;
        var vacant = _routers.Count == 0 ? [] : Vacant();
        if (vacant.Count > 0)
        {
            if (Timers.IsTimerActive(WaitTimer)) return;
            Timers.StartSingleTimer(WaitTimer, PeerProtocol.WaitIsOver.Instance, _cluster!.Options.Wait);
            _state.Events.Add(PipelineEventKind.ClusterChanged, "source", $"waits until a node runs {string.Join(", ", vacant)}");
            return;
        }

        Timers.Cancel(WaitTimer);
        StartSource();
    }

    private void StartSource()
    {
        _hasSource = true;
        try
        {
            _state.PutInForce();
        }
        catch (Exception error)
        {
            _state.AddFault("source", error);
            DrainInTime();
            return;
        }

        foreach (var (queue, _) in _topology.Queues) _queues.Add(Context.ActorOf(NicQueueActor.Props(queue), queue.Queue.Name));
    }

    /// <summary>Routers hold what came back from a node, and may have been asked before.</summary>
    private void DrainAgain()
    {
        _isFinishing = false;
        if (_routersAtWork > 0) return;
        _routersAtWork = _routers.Count;
        foreach (var router in _routers) router.Tell(RouterProtocol.Drain.Instance);
    }

    private List<string> Vacant() => [.. _topology.Routes.All.Select(r => r.To).Distinct().Where(_topology.Groups.IsVacant)];

    private void OnWaitIsOver()
    {
        if (_hasSource) return;
        var (vacant, wait) = (string.Join(", ", Vacant()), _cluster!.Options.Wait.TotalSeconds);
        _state.AddFault("cluster", new ClusterException($"no node that runs {vacant} came within {wait:0.###} s, as long as `cluster.wait` says"));
        DrainInTime();
    }

    /// <summary>
    /// When nothing comes from routers any more: other nodes settle what they have, those that sent packets here send them elsewhere, and
    /// then this node's consumers complete.
    /// </summary>
    /// <remarks>Whatever moved between nodes at the end is asked for again, until nothing moves any more.</remarks>
    private void TryComplete()
    {
        if (_isCompleting || _routersAtWork > 0 || !_state.IsEnding || _changes.Count > 0) return;
        if (!_isFinishing)
        {
            _isFinishing = true;
            _finished.Clear();
            foreach (var cell in _peers) cell.Link.Tell(PeerProtocol.Finish.Instance);
        }

        if (!_peers.TrueForAll(_finished.Contains)) return;
        if (!_isWithdrawing && _cluster is not null)
        {
            _isWithdrawing = true;
            Offer();
        }

        if (_topology.Door is { } door && door.Guests.Any(g => g.Receiver.Ending is null)) return;
        _isCompleting = true;
        foreach (var consumer in _atWork.ToList()) Complete(consumer);
    }

    /// <summary>
    /// Drains with a deadline, because somebody wants the run to end. The drain after a source that ended by itself has no deadline.
    /// </summary>
    private void DrainInTime()
    {
        if (!Timers.IsTimerActive(DrainTimer))
        {
            Timers.StartSingleTimer(DrainTimer, RootProtocol.DrainDeadline.Instance, _state.Drain);
            _state.Events.Add(PipelineEventKind.Ending, "pipeline", "receives nothing more and lets everything arrive");
        }

        OnDrain();
    }

    private void OnDrainDeadline()
    {
        _state.IsDrainCut = true;
        _state.AddFault("drain", new TimeoutException($"was not over after {_state.Drain.TotalSeconds:0.###} s, the limit that the key "
            + "`drain` sets; what was in flight was dropped"));
        EndNow(CutPatience);
    }

    /// <summary>Lets everything in flight arrive, so no consumer may stay paused.</summary>
    private void OnDrain()
    {
        _state.IsEnding = true;
        if (!_hasSource) foreach (var router in _routers) router.Tell(RouterProtocol.Drain.Instance);
        _hasSource = true;
        foreach (var queue in _queues) queue.Tell(QueueProtocol.Drain.Instance);
        foreach (var consumer in _consumers) consumer.Tell(ConsumerProtocol.Resume.Instance);
        _paused.Clear();
        TryComplete();
    }
}
