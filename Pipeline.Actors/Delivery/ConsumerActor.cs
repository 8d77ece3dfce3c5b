using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// Gives bundles to one <see cref="IPacketConsumer"/> and disposes each bundle afterwards, also when the consumer throws.
/// </summary>
/// <remarks>
/// A consumer that throws loses its bundle, which is counted. It is replaced after a back-off, during which bundles wait in the mailbox in
/// their order. The pause doubles while failures come sooner than the pause before them was long. A paused consumer holds bundles back in
/// the same way. An output that fails is not replaced, nor is a handler whose options are wrong: it stays, to count the packets that it can
/// no longer take.
/// </remarks>
internal sealed partial class ConsumerActor : UntypedActor, IWithTimers
{
    private const string FlushTimer = "flush";
    private const string BackoffTimer = "backoff";

    /// <summary>Flush ticks that a device gets to complete its transmissions: two seconds.</summary>
    private const int MostCompletionTicks = 8;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(250);

    private readonly ConsumerInstance _instance;
    private readonly ConsumerFigures _figures;
    private readonly BundleQueue _mailbox;
    private readonly ReleaseAfter? _releaseAfter;
    private IPacketConsumer? _consumer;
    private IBundleConsumer? _device;
    private Exception? _failure;
    private bool _isDirty;
    private int _completionTicks;
    private bool _isBackingOff;

    private ConsumerActor(ConsumerInstance instance)
    {
        _instance = instance;
        _figures = instance.Figures;
        _releaseAfter = instance.Options.ReleaseAfter is { } limits && instance.Releaser is not null ? new ReleaseAfter(limits) : null;
        _mailbox = BundleQueue.Of(Context);

        // A restart keeps the mailbox, and what the root has told it meanwhile.
        if (!ReferenceEquals(_figures.Mailbox, _mailbox)) _mailbox.ReclaimReason = DropReason.ConsumerStopped;
        _figures.Mailbox = _mailbox;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ConsumerInstance instance) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<ConsumerActor>(() => new ConsumerActor(instance)))
            .WithDispatcher(instance.Dispatcher).WithMailbox(BundleMailbox.Id);

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(FlushTimer, ConsumerProtocol.FlushTick.Instance, FlushInterval);
        if (_figures.LastFailure is null) Open();
        else BackOff();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        Failed(reason);
        PostStop();
    }

    protected override void PostStop()
    {
        _instance.Serve(false);
        End(_consumer);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BundleDrain drain: OnBundles(drain); break;
            case ConsumerProtocol.FlushTick: OnFlushTick(); break;
            case ConsumerProtocol.BackoffOver: Open(); break;
            case ConsumerProtocol.FailedElsewhere failed: OnFailedElsewhere(failed.Error); break;
            case ConsumerProtocol.Pause: OnPause(); break;
            case ConsumerProtocol.Resume: OnResume(); break;
            case ConsumerProtocol.Restart: OnRestart(); break;
            case ConsumerProtocol.Complete: OnComplete(); break;
            case ConsumerProtocol.TakeReport wish: OnTakeReport(wish.Most); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>Logs what a consumer throws on its way to the supervisor. Logging must not fail because of the exception itself.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception error) when (FailureWords.Speakable(error) is SpeechlessException speechless)
        {
            throw speechless;
        }
    }

    private void OnBundles(BundleDrain drain)
    {
        drain.Begin();
        while (drain.TryNext(out var bundle)) Deliver(bundle!);
        if (_instance.IsCompleting) CompleteWhenEmpty();
    }

    private void Deliver(PageBundle bundle)
    {
        _isDirty = true;
        _figures.Handoff.Count(Stopwatch.GetTimestamp() - bundle.StartedAt);
        var (isOfOthers, packets, bytes) = (bundle.IsOfOtherNode, bundle.Count, bundle.Bytes);
        var taken = false;
        try
        {
            if (_failure is not null)
            {
                bundle.SettleDropped(ReasonOf(_failure));
                return;
            }

            if (!bundle.IsLeaseValid)
            {
                bundle.SettleNotProcessed();
                return;
            }

            // Before the bundle may be a device's.
            if (!isOfOthers) _releaseAfter?.Count(new PacketBatch(bundle, _instance.Releaser));
            taken = _device is not null && _device.TryTake(bundle);
            if (!taken) _consumer!.Consume(new PacketBatch(bundle, _instance.Releaser));
            _figures.HasConsumed = true;
            if (isOfOthers) _figures.CountForOthers(packets, bytes);
            if (!taken) bundle.SettleDelivered();
        }
        catch (Exception error)
        {
            bundle.SettleDropped(ReasonOf(error));
            _figures.HasFailedOnBundle = true;
            if (!_instance.IsOutput) throw;
            OutputFailed(error);
        }
        finally
        {
            if (!taken) bundle.Dispose();
        }
    }

    private static DropReason ReasonOf(Exception error) => error is OutputException ? DropReason.OutputError : DropReason.ConsumerFailed;

    private void OutputFailed(Exception error)
    {
        if (_failure is not null) return;
        error = FailureWords.Speakable(error);
        _failure = error;
        _figures.IsToldAsFault = true;
        _figures.State = ConsumerState.Failed;
        _instance.Serve(false);
        Context.Parent.Tell(new ConsumerProtocol.OutputFailed(_instance, error));
    }

    private void OnFlushTick()
    {
        if (_consumer is null || _failure is not null) return;
        if (!_isDirty && !DeviceIsSending) return;
        _isDirty = false;
        GuardOutput(_consumer.Flush);
        if (!_instance.IsCompleting) return;
        _completionTicks++;
        CompleteWhenEmpty();
    }

    private bool DeviceIsSending => _device is { InFlight: > 0 };

    /// <summary>
    /// Copies the state here, where nothing changes meanwhile. Another thread turns the copy into text, which may take long.
    /// </summary>
    private void OnTakeReport(int most)
    {
        var asker = Sender;
        try
        {
            var report = (_consumer as IReporting)?.TakeReport(most);
            if (report is null) asker.Tell(ConsumerProtocol.Report.Nothing);
            else Task.Run(() => asker.Tell(ReportOf(report)));
        }
        catch
        {
            asker.Tell(ConsumerProtocol.Report.Nothing);
            throw;
        }
    }

    private static ConsumerProtocol.Report ReportOf(ConsumerReport report)
    {
        try
        {
            using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
            report.Write(text);
            return new ConsumerProtocol.Report(text.ToString(), report.Entries, report.Total);
        }
        catch
        {
            // The copying is the handler's own code and may throw. The asker is told that there is nothing.
            return ConsumerProtocol.Report.Nothing;
        }
    }

    private void OnPause()
    {
        _figures.IsPaused = true;
        SetGate();
    }

    private void OnResume()
    {
        _figures.IsPaused = false;
        SetGate();
        if (_instance.IsCompleting && !_isBackingOff) CompleteWhenEmpty();
    }

    /// <summary>Ends a back-off early, because somebody knows that the consumer works again.</summary>
    private void OnRestart()
    {
        if (!_instance.IsOutput && _failure is null)
        {
            Timers.Cancel(BackoffTimer);
            _instance.Backoff.Forget();
            _figures.CountRestart();
            _instance.BeginRestart(why: null);
            End(_consumer);
            Open();
        }

        Context.Parent.Tell(new ConsumerProtocol.Restarted(_instance));
    }

    /// <summary>Every router has drained, so what this consumer will ever get is in its mailbox by now.</summary>
    private void OnComplete()
    {
        _instance.IsCompleting = true;
        if (_isBackingOff) BackOff();
        else CompleteWhenEmpty();
    }

    private void CompleteWhenEmpty()
    {
        if (_mailbox.HoldsBundles) return;
        if (_failure is null && DeviceIsSending && _completionTicks < MostCompletionTicks) return;
        Timers.CancelAll();
        if (_failure is null && _consumer is not null) Finish(_consumer);

        // Not earlier: if the consumer throws, its next incarnation must report that it has finished.
        _instance.IsCompleting = false;
        if (_failure is null) _figures.State = ConsumerState.Completed;
        Context.Parent.Tell(new ConsumerProtocol.Completed(_instance));
    }

    private void Finish(IPacketConsumer consumer)
    {
        try
        {
            GuardOutput(consumer.Complete);
        }
        catch (Exception error)
        {
            _figures.CompleteFailure = FailureWords.Speakable(error);
            throw;
        }
    }

    /// <summary>Treats it like a failure at work. A consumer that has just been replaced, or has finished, is not replaced again.</summary>
    private void OnFailedElsewhere(HandlerThreadException error)
    {
        if (_consumer is not null && _failure is null && _figures.State != ConsumerState.Completed) throw error;
        _figures.LastFailure = error;
    }

    private void GuardOutput(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (_instance.IsOutput)
        {
            OutputFailed(error);
        }
    }
}
