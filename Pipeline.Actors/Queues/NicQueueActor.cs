using System.Diagnostics;
using Akka.Actor;
using Pipeline.Actors.Control;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Queues;

/// <summary>
/// Owns one queue of a NIC. Each Poll takes a bounded burst; with nothing to take it arms a waiter and sleeps, as NAPI does.
/// </summary>
/// <remarks>
/// <code>
///            Wake                       End, fault, limit, Drain
///   Idle ----------> Polling ---------------------------------------> Ended
///        &lt;----------
///      Empty, NoPage,
///   the router is behind
/// </code>
/// </remarks>
internal sealed class NicQueueActor : UntypedActor
{
    /// <summary>Bundles to a Poll: enough to make the message's cost vanish, few enough to stay in the cache of this CPU.</summary>
    private const int BurstBundles = 8;

    /// <summary>Polls after which the device's losses are read though it never sleeps, a power of two: who watches wants to see them.</summary>
    private const int PollsToLosses = 64;

    private readonly QueueCell _cell;
    private readonly PageShare _underWay;
    private readonly Action _wake;
    private readonly Action<Action> _wakeWhenReady;
    private readonly Action<Action> _wakeWhenReturned;
    private readonly Action<Action> _wakeWhenRouted;
    private PageBundle? _empty;
    private uint _polls;

    // A field and not Become, which allocates, as a delegate made on the spot does: under load it falls asleep with every other page.
    private State _state = State.Polling;

    private NicQueueActor(QueueCell cell)
    {
        _cell = cell;
        var self = Self;
        _wake = () => self.Tell(QueueProtocol.Wake.Instance);
        _wakeWhenReady = cell.Queue.WakeWhenReady;
        _wakeWhenReturned = cell.Queue.Pool.WakeWhenReturned;
        _underWay = cell.Queue.DeviceShare;
        _wakeWhenRouted = _underWay.WakeAtLowWater;
    }

    public static Props Props(QueueCell cell) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<NicQueueActor>(() => new NicQueueActor(cell))).WithDispatcher(cell.Dispatcher);

    private enum State
    {
        Polling,
        Idle,
        Ended,
    }

    protected override void PreStart() => Self.Tell(QueueProtocol.Poll.Instance);

    protected override void OnReceive(object message)
    {
        switch (_state)
        {
            case State.Polling: Polling(message); break;
            case State.Idle: Idle(message); break;
            default: Ended(message); break;
        }
    }

    protected override void PostStop()
    {
        _empty?.Dispose();
        _empty = null;
    }

    private void Polling(object message)
    {
        switch (message)
        {
            case QueueProtocol.Poll: OnPoll(); break;
            case QueueProtocol.Drain: End(); break;
            case QueueProtocol.Wake: break; // One wake-up too many is allowed.
            default: Unhandled(message); break;
        }
    }

    private void Idle(object message)
    {
        switch (message)
        {
            case QueueProtocol.Wake: Resume(); break;
            case QueueProtocol.Drain: End(); break;
            default: Unhandled(message); break;
        }
    }

    private void Ended(object message)
    {
        switch (message)
        {
            case QueueProtocol.Poll or QueueProtocol.Wake or QueueProtocol.Drain: break;
            default: Unhandled(message); break;
        }
    }

    private void Resume()
    {
        _state = State.Polling;
        OnPoll();
    }

    private void OnPoll()
    {
        if ((++_polls & (PollsToLosses - 1)) == 0) _cell.Queue.ReadLosses(_cell.Account);
        for (var i = 0; i < BurstBundles; i++)
        {
            // Asked before anything is received, because another queue may have taken the last packet that was wanted.
            if (_cell.Fault is not null || _cell.Selection.IsComplete)
            {
                End();
                return;
            }

            if (_underWay.IsOutOfBundles)
            {
                Sleep(_wakeWhenRouted);
                return;
            }

            switch (Receive())
            {
                case ReceiveStatus.Received: Send(); break;
                case ReceiveStatus.Empty: Sleep(_wakeWhenReady); return;
                case ReceiveStatus.NoPage: Sleep(_wakeWhenReturned); return;
                default: End(); return;
            }
        }

        Self.Tell(QueueProtocol.Poll.Instance);
    }

    private ReceiveStatus Receive()
    {
        _empty ??= _cell.Bundles.Rent(_underWay, _cell.Lost, NicInterface.Unknown);
        try
        {
            return _cell.Queue.Receive(_empty);
        }
        catch (Exception fault)
        {
            // What it had put in before it failed has been received: the pages are taken, and the books must know of it.
            _cell.Fault = fault;
            return _empty.IsEmpty ? ReceiveStatus.End : ReceiveStatus.Received;
        }
    }

    private void Send()
    {
        var bundle = _empty!;
        _empty = null;
        try
        {
            _cell.Selection.Apply(bundle);
        }
        catch (Exception fault)
        {
            _cell.Fault = fault;
            _cell.Account.CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
            bundle.SettleDropped(DropReason.DeadLetter);
            bundle.Dispose();
            return;
        }

        if (bundle.IsEmpty)
        {
            // Other queues took all that was still wanted.
            _empty = bundle;
            return;
        }

        _cell.Account.CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
        bundle.StartedAt = Stopwatch.GetTimestamp();
        _cell.Router.Tell(bundle);
    }

    private void Sleep(Action<Action> arm)
    {
        _cell.Queue.ReadLosses(_cell.Account);
        _state = State.Idle;
        arm(_wake);
    }

    private void End()
    {
        _cell.Queue.ReadLosses(_cell.Account);
        _state = State.Ended;
        Context.Parent.Tell(new QueueProtocol.Ended(_cell));
    }
}
