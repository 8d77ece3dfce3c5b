using System.Diagnostics;
using Akka.Actor;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Trials;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Marks the packets of one queue and sends them on. When its mailbox is empty it flushes at once. While more bundles wait it fills its
/// own, none for longer than the latency bound, so that batching adapts to the load.
/// </summary>
/// <remarks>
/// A route that may wait and has no room closes the mailbox's gate. Bundles then stay where they are, the queue runs out of pages, and the
/// source stops until the route's consumer has given pages back.
/// <para>
/// When a group gets or loses instances, flows that change hands are held back until all their earlier packets have been consumed, here and
/// in all other routers.
/// </para>
/// </remarks>
internal sealed class RouterActor : UntypedActor
{
    private readonly RouterCell _cell;
    private readonly BundleQueue _mailbox;
    private readonly long _latencyTicks;
    private readonly Action _wake;
    private NicInterface? _prepared;
    private ActiveRules? _preparedRules;
    private RuleCounters? _counters;

    private RouterActor(RouterCell cell)
    {
        _cell = cell;
        _mailbox = BundleQueue.Of(Context);
        cell.Mailbox = _mailbox;
        _latencyTicks = (long)(cell.Latency.TotalSeconds * Stopwatch.Frequency);
        var self = Self;
        _wake = () => self.Tell(RouterProtocol.RouteHasRoom.Instance);
        cell.Scatter.WakeBy(() => self.Tell(RouterProtocol.BundlesHome.Instance));
    }

    public static Props Props(RouterCell cell) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<RouterActor>(() => new RouterActor(cell)))
            .WithDispatcher(cell.Dispatcher).WithMailbox(BundleMailbox.Id);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BundleDrain drain: OnBundles(drain); break;
            case RouterProtocol.RouteHasRoom: OnRouteHasRoom(); break;
            case RouterProtocol.BundlesHome: OnBundlesHome(); break;
            case RouterProtocol.Move move: OnMove(move); break;
            case RouterProtocol.Switch move: OnSwitch(move); break;
            case RouterProtocol.Reclaim gone: OnReclaim(gone.Group); break;
            case RouterProtocol.TakeRoutes take: OnTakeRoutes(take.Generation); break;
            case RouterProtocol.Settled settled: OnSettled(settled.Generation); break;
            case RouterProtocol.Drain: OnDrain(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>
    /// Checks again after a restart: the route that blocked the last incarnation may have room by now, or its wake-up was lost.
    /// </summary>
    protected override void PreStart()
    {
        OnBundlesHome();
        OnRouteHasRoom();
    }

    protected override void PreRestart(Exception reason, object message) => _cell.Scatter.DropSource(DropReason.DeadLetter);

    protected override void PostStop()
    {
        _mailbox.ReclaimReason = DropReason.Shutdown;
        _cell.Scatter.DropAll(DropReason.Shutdown);
        _cell.Scatter.Dispose();
    }

    private void OnBundles(BundleDrain drain)
    {
        drain.Begin();
        while (drain.TryNext(out var bundle))
        {
            if (!Route(bundle!)) return;
        }

        AfterTurn();
    }

    private bool Route(PageBundle bundle)
    {
        var now = Stopwatch.GetTimestamp();
        try
        {
            var rules = _cell.Rules.TakeFor(bundle.Generation);
            if (!ReferenceEquals(rules, _preparedRules)) TakeRules(rules);
            if (!ReferenceEquals(bundle.Interface, _prepared)) Prepare(rules, bundle.Interface);
            rules.Table.Classify(bundle, _counters!);
            if (_cell.Shadows.All is { } shadows) Judge(shadows, bundle);
            bundle.StartedAt = now;
        }
        catch
        {
            bundle.SettleDropped(DropReason.DeadLetter);
            bundle.Dispose();
            throw;
        }

        if (_cell.Scatter.Route(bundle))
        {
            _cell.Scatter.FlushStartedBefore(now - _latencyTicks);
            return true;
        }

        Wait();
        return false;
    }

    private static void Judge(ShadowPort[] shadows, PageBundle bundle)
    {
        foreach (var shadow in shadows) shadow.Judge(bundle);
    }

    /// <summary>
    /// Takes the routes together with the rules of a generation. For packets of an earlier generation, the routes stay as they are now.
    /// </summary>
    private void TakeRules(ActiveRules rules)
    {
        var plan = _cell.Rules.Newest.Plan;
        if (!ReferenceEquals(plan, _cell.Scatter.Plan)) _cell.Scatter.Exchange(plan);
        _prepared = null;
        _preparedRules = rules;

        // Nobody reads those of copies.
        _counters = _cell.IsOfCopies ? rules.Table.NewCounters() : rules.Counters;
    }

    /// <summary>Compiles for a link type that has not occurred before. All others are known already.</summary>
    private void Prepare(ActiveRules rules, NicInterface nicInterface)
    {
        if (!rules.Table.IsPreparedFor(nicInterface.Link)) _cell.Warnings.Add(rules.Table.Prepare(nicInterface.Link));

        _prepared = nicInterface;
    }

    private void Wait()
    {
        _mailbox.Gate(closed: true);
        _cell.Scatter.BlockedBy!.WakeAtLowWater(_wake);
    }

    private void OnRouteHasRoom()
    {
        if (!_cell.Scatter.Continue())
        {
            Wait();
            return;
        }

        _mailbox.Gate(closed: false);
        TakeAwaitedRoutes();
        AfterTurn();
    }

    private void AfterTurn()
    {
        if (_mailbox.HoldsBundles) return;
        ForgetSettled();
        _cell.Scatter.Flush();
        if (!_cell.IsDraining) return;
        _cell.Scatter.SendAllHeld();
        if (_cell.Scatter.IsMoving) return;
        _cell.IsDraining = false;
        Context.Parent.Tell(new RouterProtocol.Drained(_cell));
    }

    private void OnBundlesHome()
    {
        _cell.Scatter.SendHeld();
        _cell.Scatter.ReleaseLeft();
        TakeAwaitedRoutes();
        for (var i = _cell.Moving.Count - 1; i >= 0; i--)
        {
            var group = _cell.Moving[i];
            if (!_cell.Scatter.IsHome(group)) continue;
            _cell.Moving.RemoveAt(i);
            Context.Parent.Tell(new RouterProtocol.Moved(group));
        }
    }

    private void OnTakeRoutes(int generation)
    {
        _cell.Scatter.AwaitRoutes(generation);
        TakeAwaitedRoutes();
    }

    /// <summary>Takes routes that somebody waits for, because no bundle might come to trigger it.</summary>
    private void TakeAwaitedRoutes()
    {
        if (!_cell.Scatter.AwaitsRoutes) return;
        if (!_cell.Scatter.IsBlocked && _cell.Rules.Take() is var rules && !ReferenceEquals(rules, _preparedRules)) TakeRules(rules);
        while (_cell.Scatter.TryTellRoutes(out var generation)) Context.Parent.Tell(new RouterProtocol.RoutesTaken(generation));
    }

    private void OnMove(RouterProtocol.Move move)
    {
        _cell.Moving.Add(move.Group);
        _cell.Scatter.Move(move.Group, move.Targets);
        OnBundlesHome();
    }

    private void OnReclaim(string group)
    {
        _cell.Scatter.Reclaim(group);
        OnBundlesHome();
    }

    private void OnSwitch(RouterProtocol.Switch move)
    {
        _cell.Scatter.Switch(move.Group);
        if (!_cell.Scatter.IsBlocked) AfterTurn();
    }

    private void OnSettled(int generation)
    {
        _cell.Settled = Math.Max(_cell.Settled, generation);
        if (!_mailbox.HoldsBundles && !_cell.Scatter.IsBlocked) ForgetSettled();
    }

    private void ForgetSettled()
    {
        if (_cell.Settled == 0) return;
        _cell.Rules.Forget(_cell.Settled);
        _cell.Settled = 0;
    }

    /// <summary>The queue sends nothing more. All it has sent is in the mailbox by now, and is routed first.</summary>
    private void OnDrain()
    {
        _cell.IsDraining = true;
        if (!_cell.Scatter.IsBlocked) AfterTurn();
    }
}
