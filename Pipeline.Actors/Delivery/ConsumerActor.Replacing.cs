using Akka.Actor;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Delivery;

/// <summary>How a consumer is opened, fails, is waited for and is made anew.</summary>
internal sealed partial class ConsumerActor
{
    private void Open()
    {
        IPacketConsumer? consumer = null;
        try
        {
            consumer = _cell.Make();
            _cell.Open(consumer);
        }
        catch (HandlerOptionException error)
        {
            End(consumer);
            OutputFailed(error);
            Start();
            return;
        }
        catch (Exception error) when (ConsumerFailures.IsFinal(error))
        {
            _cell.LastFailure = error;
            End(consumer);
            OutputFailed(new ConsumerFailedException(ConsumerFailures.NeverOpened(error), error));
            Start();
            return;
        }
        catch (Exception error)
        {
            Failed(error);
            End(consumer);
            BackOff();
            return;
        }

        _consumer = consumer;
        _device = consumer as IBundleConsumer;
        _cell.Current = consumer;
        _cell.HasOpened = true;
        _cell.Backoff.Opened(Context.System.Scheduler.Now);
        Start();
    }

    /// <summary>One that throws even now has failed once more, and is gone all the same. What it failed with before says more.</summary>
    private void End(IPacketConsumer? consumer)
    {
        if (consumer is null) return;
        (_consumer, _device) = (null, null);
        try
        {
            consumer.Dispose();
            _cell.KeepNotes(consumer);
        }
        catch (Exception error)
        {
            _cell.CountRestart();
            _cell.LastFailure ??= FailureWords.Speakable(error);
        }

        _cell.Current = null;
    }

    private void Failed(Exception thrown)
    {
        var error = FailureWords.Speakable(thrown);
        _cell.Backoff.Failed(Context.System.Scheduler.Now);
        _cell.CountRestart();
        _cell.LastFailure = error;
        Context.Parent.Tell(new ConsumerProtocol.Restarting(_cell, error));
    }

    /// <summary>Bundles wait meanwhile. Once nothing new will come there is no more waiting either: the rest is counted as lost.</summary>
    private void BackOff()
    {
        if (_cell.IsCompleting)
        {
            _failure = _cell.LastFailure;
            Start();
            return;
        }

        _isBackingOff = true;
        SetGate();
        _cell.State = ConsumerState.BackingOff;
        Timers.StartSingleTimer(BackoffTimer, ConsumerProtocol.BackoffOver.Instance, _cell.Backoff.Pause);
    }

    private void SetGate() => _mailbox.Gate(closed: _isBackingOff || _cell.IsPaused);

    private void Start()
    {
        _isBackingOff = false;
        SetGate();
        _cell.State = _failure is null ? ConsumerState.Running : ConsumerState.Failed;
        if (_cell.IsCompleting) CompleteWhenEmpty();
    }
}
