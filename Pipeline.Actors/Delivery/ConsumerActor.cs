using System.Diagnostics;
using Akka.Actor;
using Pipeline.Actors.Control;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// Gives bundles to one <see cref="IPacketConsumer"/> and disposes them, whatever it does with them.
/// </summary>
/// <remarks>
/// A consumer that throws costs its bundle, counted, and is replaced after a back-off, during which bundles wait in the mailbox in
/// their order. An output that fails is not replaced: it stays to count what it can no longer take.
/// </remarks>
internal sealed class ConsumerActor : UntypedActor, IWithTimers
{
    private const string FlushTimer = "flush";
    private const string BackoffTimer = "backoff";
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    private readonly ConsumerCell _cell;
    private readonly BundleQueue _mailbox;
    private IPacketConsumer? _consumer;
    private Exception? _failure;
    private bool _isDirty;

    private ConsumerActor(ConsumerCell cell)
    {
        _cell = cell;
        _mailbox = BundleQueue.Of(Context);
        _mailbox.ReclaimReason = DropReason.ConsumerStopped;
        cell.Mailbox = _mailbox;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ConsumerCell cell) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<ConsumerActor>(() => new ConsumerActor(cell))).WithDispatcher(DispatcherIds.Delivery).WithMailbox(BundleMailbox.Id);

    /// <summary>The pause before the next try, doubling with every failure up to a limit.</summary>
    internal static TimeSpan BackoffAfter(int failures) =>
        TimeSpan.FromTicks(Math.Min(LongestBackoff.Ticks, FirstBackoff.Ticks << Math.Min(failures - 1, 16)));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(FlushTimer, ConsumerProtocol.FlushTick.Instance, FlushInterval);
        if (_cell.LastFailure is null) Open();
        else BackOff();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        Failed(reason);
        PostStop();
    }

    protected override void PostStop()
    {
        var consumer = _consumer;
        _consumer = null;
        consumer?.Dispose();
        if (consumer is INotingConsumer noting) _cell.LastNotes = noting.Notes;
        _cell.Current = null;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BundleDrain drain: OnBundles(drain); break;
            case ConsumerProtocol.FlushTick: OnFlushTick(); break;
            case ConsumerProtocol.BackoffOver: Open(); break;
            case ConsumerProtocol.Complete: OnComplete(); break;
            default: Unhandled(message); break;
        }
    }

    private void Open()
    {
        try
        {
            _consumer = _cell.Make();
        }
        catch (Exception error)
        {
            Failed(error);
            BackOff();
            return;
        }

        _cell.Current = _consumer;
        Start();
    }

    private void Failed(Exception error)
    {
        _cell.CountRestart();
        _cell.LastFailure = error;
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

        _mailbox.Gate(closed: true);
        _cell.State = ConsumerState.BackingOff;
        Timers.StartSingleTimer(BackoffTimer, ConsumerProtocol.BackoffOver.Instance, BackoffAfter(_cell.Restarts));
    }

    private void Start()
    {
        _mailbox.Gate(closed: false);
        _cell.State = _failure is null ? ConsumerState.Running : ConsumerState.Failed;
        if (_cell.IsCompleting) CompleteWhenEmpty();
    }

    private void OnBundles(BundleDrain drain)
    {
        drain.Begin();
        while (drain.TryNext(out var bundle)) Deliver(bundle!);
        if (_cell.IsCompleting) CompleteWhenEmpty();
    }

    private void Deliver(PageBundle bundle)
    {
        _isDirty = true;
        _cell.Handoff.Count(Stopwatch.GetTimestamp() - bundle.StartedAt);
        try
        {
            if (_failure is not null)
            {
                bundle.SettleDropped(ReasonOf(_failure));
                return;
            }

            _consumer!.Consume(new PacketBatch(bundle));
            bundle.SettleDelivered();
        }
        catch (Exception error)
        {
            bundle.SettleDropped(ReasonOf(error));
            if (!_cell.IsOutput) throw;
            OutputFailed(error);
        }
        finally
        {
            bundle.Dispose();
        }
    }

    private static DropReason ReasonOf(Exception error) => error is OutputException ? DropReason.OutputError : DropReason.ConsumerFailed;

    private void OutputFailed(Exception error)
    {
        if (_failure is not null) return;
        _failure = error;
        _cell.State = ConsumerState.Failed;
        Context.Parent.Tell(new ConsumerProtocol.OutputFailed(_cell, error));
    }

    private void OnFlushTick()
    {
        if (!_isDirty || _consumer is null || _failure is not null) return;
        _isDirty = false;
        GuardOutput(_consumer.Flush);
    }

    /// <summary>Every router has drained, so what this consumer will ever get is in its mailbox by now.</summary>
    private void OnComplete()
    {
        _cell.IsCompleting = true;
        if (_mailbox.IsGated) BackOff();
        else CompleteWhenEmpty();
    }

    private void CompleteWhenEmpty()
    {
        if (_mailbox.HoldsBundles) return;
        Timers.CancelAll();
        if (_failure is null && _consumer is not null) GuardOutput(_consumer.Complete);

        // Not before: should the consumer throw, it is its next incarnation that says it has finished.
        _cell.IsCompleting = false;
        if (_failure is null) _cell.State = ConsumerState.Completed;
        Context.Parent.Tell(new ConsumerProtocol.Completed(_cell));
    }

    private void GuardOutput(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (_cell.IsOutput)
        {
            OutputFailed(error);
        }
    }
}
