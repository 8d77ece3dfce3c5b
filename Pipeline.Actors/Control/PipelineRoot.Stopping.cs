using Akka.Actor;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Control;

/// <summary>Brings the pipeline to rest layer by layer. What is still out at the end is written off.</summary>
internal sealed partial class PipelineRoot
{
    private void Stop()
    {
        Timers.Cancel(LedgerTimer);
        Timers.Cancel(DurationTimer);
        Timers.Cancel(DrainTimer);
        Become(Stopping);
        _topology.Door?.Dispose();
        _layers.Enqueue(_queues);
        _layers.Enqueue(_routers);
        _layers.Enqueue([.. _peers.Select(p => p.Link)]);
        _layers.Enqueue(_consumers);
        StopNextLayer();
    }

    private void StopNextLayer()
    {
        while (_stopping.Count == 0 && _layers.TryDequeue(out var layer))
        {
            foreach (var actor in layer)
            {
                _stopping.Add(Context.Watch(actor));
                Context.Stop(actor);
            }
        }

        if (_stopping.Count == 0) Rest();
    }

    private void OnTerminated(IActorRef actor)
    {
        if (_stopping.Remove(actor) && _stopping.Count == 0) StopNextLayer();
    }

    /// <summary>Everything has stopped, or was given enough time to. What is still out is written off.</summary>
    private void Rest()
    {
        Timers.CancelAll();
        LeaveBehind();
        WriteOff((bundles, reason) => bundles.SettleAll(reason));

        // PostStop says this too, but it waits for a consumer that hangs.
        _state.Rest();
        Context.Stop(Self);
    }

    private void LeaveBehind()
    {
        _state.LeftBehind = [.. _stopping.Select(actor => actor.Path.Name)];
        if (_state.IsAborted) return;
        foreach (var name in _state.LeftBehind)
            _state.AddFault(name, new TimeoutException("did not come back, and was left behind with what it held"));
    }

    private void WriteOff(Action<BundlePool, DropReason> end)
    {
        foreach (var (queue, router) in _topology.Queues)
        {
            end(queue.Bundles, DropReason.Shutdown);
            end(router.Bundles, DropReason.Shutdown);
        }

        foreach (var account in _topology.Ledger.Accounts) account.WriteOffHeld(DropReason.Shutdown);
    }
}
