using System.Diagnostics;
using Akka.Actor;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;

namespace Pipeline.Actors.Queues;

/// <summary>Brings packets from the queue to its router, in a bounded burst of bundles for each Poll.</summary>
internal sealed partial class NicQueueActor
{
    private void OnPoll()
    {
        _isAsleep = false;
        if ((++_polls & (PollsToLosses - 1)) == 0) _cell.Queue.ReadLosses(_cell.Account);
        NoteEnded();
        for (var i = 0; i < BurstBundles; i++)
        {
            // Checked before anything is received, because another queue may have taken the last packet that was wanted.
            if (_cell.Fault is not null || _cell.Selection.IsComplete)
            {
                End();
                return;
            }

            if (_underWay.IsOutOfBundles)
            {
                Sleep(QueueState.WaitingForRouter, _wakeWhenRouted);
                return;
            }

            switch (Receive())
            {
                case ReceiveStatus.Received: Send(); break;
                case ReceiveStatus.Empty:
                    Settle();
                    Sleep(QueueState.Idle, _wakeWhenReady);
                    return;
                case ReceiveStatus.NoPage: Sleep(QueueState.WaitingForPage, _wakeWhenReturned); return;
                case ReceiveStatus.Down when _cell.State != QueueState.Draining: OnDown(); return;
                default: End(); return;
            }
        }

        Self.Tell(QueueProtocol.Poll.Instance);
    }

    /// <summary>
    /// Notes that the device decides nothing more by a generation. What it has decided lies in the device still, or is on the way.
    /// </summary>
    private void NoteEnded()
    {
        if (_ended > 0)
        {
            if (_cell.Account.Received.Packets >= _settledAt) Settle();
            return;
        }

        _ended = _cell.Rules?.EndedInDevice ?? 0;
        if (_ended > 0) _settledAt = _cell.Account.Received.Packets + _cell.Queue.MostAhead;
    }

    /// <summary>Tells the router that everything that the device held when the generation ended has been sent to it.</summary>
    private void Settle()
    {
        if (_ended == 0) return;
        _cell.Router.Tell(new RouterProtocol.Settled(_ended));
        _ended = 0;
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
            // The bundle holds what was received before the failure: its pages are taken, and the books must include it.
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
            // Other queues took all packets that were still wanted.
            _empty = bundle;
            return;
        }

        _cell.Account.CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
        bundle.StartedAt = Stopwatch.GetTimestamp();
        _cell.Router.Tell(bundle);
    }

    private void Sleep(QueueState asleep, Action<Action> arm)
    {
        _cell.Queue.ReadLosses(_cell.Account);
        if (_cell.State == QueueState.Draining) _isAsleep = true;
        else _cell.State = asleep;
        arm(_wake);
    }
}
