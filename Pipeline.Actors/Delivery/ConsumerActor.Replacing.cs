using Akka.Actor;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Delivery;

/// <summary>Opens a consumer, and backs off and replaces it when it fails.</summary>
internal sealed partial class ConsumerActor
{
    private void Open()
    {
        IPacketConsumer? consumer = null;
        try
        {
            consumer = _instance.Make();
            _instance.Open(consumer);
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
            _figures.LastFailure = error;
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
        _figures.Current = consumer;
        _figures.HasOpened = true;
        _instance.Backoff.Opened(Context.System.Scheduler.Now);
        Start();
    }

    /// <summary>
    /// A consumer that throws while it is disposed has failed once more, and is gone all the same. Its earlier failure says more.
    /// </summary>
    private void End(IPacketConsumer? consumer)
    {
        if (consumer is null) return;
        (_consumer, _device) = (null, null);
        try
        {
            consumer.Dispose();
            _figures.KeepNotes(consumer);
        }
        catch (Exception error)
        {
            _figures.CountRestart();
            _figures.LastFailure ??= FailureWords.Speakable(error);
        }

        _figures.Current = null;
    }

    private void Failed(Exception thrown)
    {
        var error = FailureWords.Speakable(thrown);
        _instance.Backoff.Failed(Context.System.Scheduler.Now);
        _figures.CountRestart();
        _figures.LastFailure = error;
        _instance.BeginRestart(error);
        Context.Parent.Tell(new ConsumerProtocol.Restarting(_instance, error));
    }

    /// <summary>Bundles wait during the pause. When nothing new will come there is no more waiting: the rest is counted as lost.</summary>
    private void BackOff()
    {
        if (_instance.IsCompleting)
        {
            _failure = _figures.LastFailure;
            Start();
            return;
        }

        _isBackingOff = true;
        SetGate();
        _figures.State = ConsumerState.BackingOff;
        Timers.StartSingleTimer(BackoffTimer, ConsumerProtocol.BackoffOver.Instance, _instance.Backoff.Pause);
    }

    private void SetGate()
    {
        var isClosed = _isBackingOff || _figures.IsPaused;
        _mailbox.Gate(isClosed);
        _instance.Serve(!isClosed && _failure is null && _consumer is not null);
    }

    private void Start()
    {
        _isBackingOff = false;
        SetGate();
        _figures.State = _failure is null ? ConsumerState.Running : ConsumerState.Failed;
        _instance.EndRestart(_failure);
        if (_instance.IsCompleting) CompleteWhenEmpty();
    }
}
