using Akka.Actor;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Queues;

/// <summary>
/// Owns one queue of a NIC. Each Poll takes a bounded burst. When there is nothing to take, it arms a waiter and sleeps, as NAPI does.
/// </summary>
/// <remarks>
/// <code>
///              ready                Empty, NoPage, the router is behind
///   Opening ----------> Polling &lt;--------------------------------------> Idle
///     |  ^                 |                       Wake
///     |  | Retry, Wake     | Down
///     v  |                 |
///   Backoff &lt;--------------+
///
///   any of them: fault, limit, End --> Ended;   Drain --> Draining -- what the device had taken is given out --> Ended
/// </code>
/// Draining may sleep as Idle does, and then continues as Draining.
/// </remarks>
internal sealed partial class NicQueueActor : UntypedActor
{
    /// <summary>Bundles in one Poll: enough to make the message's cost vanish, few enough to stay in the cache of this CPU.</summary>
    private const int BurstBundles = 8;

    /// <summary>
    /// Polls after which the device's losses are read even if it never sleeps, because watchers want to see them. A power of two.
    /// </summary>
    private const int PollsToLosses = 64;

    private const int MostDoublings = 16;

    // The longest pause limits how late an interface that is back is noticed. Packets wait in the device until then.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // 10 Gbit/s of the shortest packets are 1488 in this time, which a ring of 2048 holds.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMicroseconds(100);

    private readonly QueueCell _cell;
    private readonly PageShare _underWay;
    private readonly Action _wake;
    private readonly Action<Action> _wakeWhenReady;
    private readonly Action<Action> _wakeWhenReturned;
    private readonly Action<Action> _wakeWhenRouted;
    private PageBundle? _empty;
    private ICancelable? _retry;
    private int _retries;
    private bool _isAsleep;
    private uint _polls;
    private int _ended;
    private long _settledAt;

    private NicQueueActor(QueueCell cell)
    {
        _cell = cell;
        _cell.State = QueueState.Opening;
        var self = Self;
        _wake = () => self.Tell(QueueProtocol.Wake.Instance);
        _wakeWhenReady = cell.Queue.WakeWhenReady;
        _wakeWhenReturned = cell.Queue.Pool.WakeWhenReturned;
        _underWay = cell.Queue.DeviceShare;
        _wakeWhenRouted = _underWay.WakeAtLowWater;
    }

    public static Props Props(QueueCell cell) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<NicQueueActor>(() => new NicQueueActor(cell))).WithDispatcher(cell.Dispatcher);

    protected override void PreStart()
    {
        if (DescriptorSet.OfThisThread is { } descriptors) descriptors.Rest = _cell.Latency < LongestRest ? _cell.Latency : LongestRest;
        Self.Tell(QueueProtocol.Poll.Instance);
    }

    /// <summary>
    /// An exception of the device ends the queue as its fault. A restart would ask the same device again at once, and would have forgotten
    /// that the queue was drained.
    /// </summary>
    protected override void OnReceive(object message)
    {
        try
        {
            Handle(message);
        }
        catch (Exception fault) when (_cell.State != QueueState.Ended)
        {
            _cell.Fault ??= fault;
            Leave();
        }
    }

    private void Handle(object message)
    {
        switch (_cell.State)
        {
            case QueueState.Opening: Opening(message); break;
            case QueueState.Polling: Polling(message); break;
            case QueueState.Idle or QueueState.WaitingForPage or QueueState.WaitingForRouter: Idle(message); break;
            case QueueState.BackingOff: Backoff(message); break;
            case QueueState.Draining: Draining(message); break;
            default: Ended(message); break;
        }
    }

    protected override void PostStop()
    {
        _cell.State = QueueState.Ended;
        _retry?.Cancel();
        _empty?.Dispose();
        _empty = null;
    }

    private void Opening(object message)
    {
        switch (message)
        {
            case QueueProtocol.Poll: OnOpen(); break;
            case QueueProtocol.Drain: OnDrain(); break;
            case QueueProtocol.Wake or QueueProtocol.Retry: break;
            default: Unhandled(message); break;
        }
    }

    private void Polling(object message)
    {
        switch (message)
        {
            case QueueProtocol.Poll: OnPoll(); break;
            case QueueProtocol.Drain: OnDrain(); break;
            case QueueProtocol.Wake or QueueProtocol.Retry: break; // One too many does no harm.
            default: Unhandled(message); break;
        }
    }

    private void Idle(object message)
    {
        switch (message)
        {
            case QueueProtocol.Wake: Resume(); break;
            case QueueProtocol.Drain: OnDrain(); break;
            case QueueProtocol.Retry: break;
            default: Unhandled(message); break;
        }
    }

    private void Backoff(object message)
    {
        switch (message)
        {
            case QueueProtocol.Retry or QueueProtocol.Wake: OnOpen(); break;
            case QueueProtocol.Drain: OnDrain(); break;
            case QueueProtocol.Poll: break;
            default: Unhandled(message); break;
        }
    }

    private void Draining(object message)
    {
        switch (message)
        {
            case QueueProtocol.Poll when !_isAsleep: OnPoll(); break;
            case QueueProtocol.Wake when _isAsleep: OnPoll(); break;
            case QueueProtocol.Poll or QueueProtocol.Wake or QueueProtocol.Drain or QueueProtocol.Retry: break;
            default: Unhandled(message); break;
        }
    }

    private void Ended(object message)
    {
        switch (message)
        {
            case QueueProtocol.Poll or QueueProtocol.Wake or QueueProtocol.Drain or QueueProtocol.Retry: break;
            default: Unhandled(message); break;
        }
    }

    private void Resume()
    {
        _cell.State = QueueState.Polling;
        OnPoll();
    }

    private void OnOpen()
    {
        _retry?.Cancel();
        if (!_cell.Queue.TryOpen())
        {
            BackOff();
            return;
        }

        if (_cell.Trouble is not null) Context.Parent.Tell(new QueueProtocol.Recovered(_cell));
        _cell.Trouble = null;
        _retries = 0;
        Resume();
    }

    /// <summary>Asks a source that gives nothing again after a pause, which grows with every try.</summary>
    private void BackOff()
    {
        // An interface can go while it is down, and then bringing it up is not the way out any more.
        var why = _cell.Queue.Trouble ?? "nobody knows why";
        var isNews = _cell.Trouble != why;
        _cell.Trouble = why;
        _cell.State = QueueState.BackingOff;
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(_retries++, MostDoublings)));
        _retry = Context.System.Scheduler.ScheduleTellOnceCancelable(pause, Self, QueueProtocol.Retry.Instance, Self);
        if (isNews) Context.Parent.Tell(new QueueProtocol.Troubled(_cell, why));
    }

    private void OnDrain()
    {
        if (!_cell.Queue.Drain())
        {
            End();
            return;
        }

        // In the sleeping states nobody else would ask again; in the others a Poll is on its way.
        var isAwake = _cell.State is QueueState.Polling or QueueState.Opening;
        _cell.State = QueueState.Draining;
        if (!isAwake) OnPoll();
    }

    private void OnDown()
    {
        _cell.Queue.ReadLosses(_cell.Account);
        BackOff();
    }

    private void End()
    {
        _cell.Queue.ReadLosses(_cell.Account);
        Leave();
    }

    private void Leave()
    {
        _cell.State = QueueState.Ended;
        Context.Parent.Tell(new QueueProtocol.Ended(_cell));
    }
}
