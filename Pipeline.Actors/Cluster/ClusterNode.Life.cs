using Akka;
using Akka.Actor;
using Pipeline.Actors.Delivery;

namespace Pipeline.Actors.Cluster;

/// <summary>One actor system after the other takes part in the cluster.</summary>
public sealed partial class ClusterNode : IClusterListener
{
    void IClusterListener.OnView((IReadOnlyList<ClusterMember> Members, string? Leader, bool IsMember) view)
    {
        if (_ending.IsCancellationRequested) return;
        _wasMember |= view.IsMember;
        _view = _view with { Members = view.Members, Leader = view.Leader, State = view.IsMember ? ClusterState.Member : ClusterState.Joining };
    }

    void IClusterListener.OnChange(string words) => _onEvent(words);

    /// <summary>The system would find out by itself, half a minute later. Until then it would believe that it is a member.</summary>
    void IClusterListener.OnQuarantined(string by) => Lose($"{by} gave this node up and hears it no more");

    void IClusterListener.OnOther(string words) => Lose(words);

    void IClusterListener.OnUnheard(int ticks)
    {
        _unheard = ticks;
        _ = End(_system, CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance);
    }

    private void OnRefused(string peer, string why)
    {
        if (_refusals.IsWorthSaying(why)) _onEvent($"TLS with {peer} failed: {why}");
    }

    private void Lose(string why)
    {
        _whyLost = why;
        _ = End(_system, CoordinatedShutdown.ClusterDowningReason.Instance);
    }

    private static Task<Done> End(ActorSystem system, CoordinatedShutdown.Reason reason) => CoordinatedShutdown.Get(system).Run(reason);

    /// <param name="isAnew">Whether it lost a cluster before.</param>
    /// <param name="ticks">How long it has looked for one, in actor systems before.</param>
    private ActorSystem Begin(bool isAnew, int ticks = 0)
    {
        _isAnew = isAnew;
        // Files are read each time, because a certificate that was no good may have been replaced meanwhile.
        var certificates = Options.Tls is { } files ? ClusterCertificates.Load(files) : null;
        _certificates = certificates;
        var system = ClusterSystem.Create(Options, _log, isAnew, certificates, OnRefused);
        Rules.Begin(system, Options);
        system.ActorOf(ClusterWatcher.Props(this), "watcher");
        MeetPeers(system);
        system.ActorOf(ClusterScout.Props(Options, this, isAnew, ticks), ClusterScout.Name);
        return system;
    }

    private async Task Live()
    {
        for (var failures = 1; ; failures++)
        {
            var shutdown = CoordinatedShutdown.Get(_system);
            await _system.WhenTerminated;
            ForgetPeers(isOrderly: _ending.IsCancellationRequested || shutdown.ShutdownReason is CoordinatedShutdown.ClusterLeavingReason);
            if (_ending.IsCancellationRequested) return;
            if (shutdown.ShutdownReason is CoordinatedShutdown.ClusterLeavingReason)
            {
                _view = new ClusterView(Options.Name, ClusterState.Left, []) { Restarts = _view.Restarts };
                _onEvent("left the cluster, and goes on alone until it is started again");
                return;
            }

            if (await TryOnceMore()) continue;
            var why = Interlocked.Exchange(ref _whyLost, null) ?? WordsOf(shutdown.ShutdownReason);
            if (_wasMember) failures = 1;
            _wasMember = false;
            if (!await BeginAnew(failures, why)) return;
        }
    }

    /// <summary>Goes on looking for the cluster that it was looking for, where seeds are there and it hears nothing of them.</summary>
    private async Task<bool> TryOnceMore()
    {
        if (Interlocked.Exchange(ref _unheard, 0) is not (> 0 and var ticks)) return false;
        try
        {
            _system = Begin(_isAnew, ticks);
        }
        catch (Exception error)
        {
            _whyLost = error.Message.ReplaceLineEndings(" ");
            return false;
        }

        if (_ending.IsCancellationRequested) await End(_system, CoordinatedShutdown.ClrExitReason.Instance);
        return true;
    }

    /// <returns>False when the node is to end.</returns>
    private async Task<bool> BeginAnew(int failures, string why)
    {
        for (; ; failures++)
        {
            var pause = Backoff.After(failures);
            // What goes wrong again and again would push everything else out of the log of events.
            if (failures == 1 || why != _view.Trouble) _onEvent($"lost the cluster: {why}; begins anew in {pause.TotalSeconds:0.#} s; its own routes go on");
            _view = new ClusterView(Options.Name, ClusterState.Lost, []) { Restarts = _view.Restarts + 1, Trouble = why };
            await Task.Delay(pause, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ending.IsCancellationRequested) return false;
            try
            {
                _system = Begin(isAnew: true);
                _view = _view with { State = ClusterState.Joining };
                if (!_ending.IsCancellationRequested) return true;
                await End(_system, CoordinatedShutdown.ClrExitReason.Instance);
                return false;
            }
            catch (Exception error)
            {
                // Whatever it is, the pipeline goes on, and the next try may find it mended.
                why = error.Message.ReplaceLineEndings(" ");
            }
        }
    }

    private static string WordsOf(CoordinatedShutdown.Reason? reason) => reason switch
    {
        CoordinatedShutdown.ClusterDowningReason => "the members gave it up, or it could not reach most of them",
        CoordinatedShutdown.ClusterJoinUnsuccessfulReason => "no seed let it in",
        _ => "its connections failed",
    };
}
