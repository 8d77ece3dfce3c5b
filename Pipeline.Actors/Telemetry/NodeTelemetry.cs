using Akka.Actor;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Reads the counters as often as the most frequent watcher wants them, and hands the view to all watchers. While nobody watches it reads
/// once a second what the history needs, which is far less than a view.
/// </summary>
internal sealed class NodeTelemetry : UntypedActor, IWithTimers
{
    private const string SampleTimer = "sample";
    private const string HistoryTimer = "history";

    private readonly PipelineMeter _meter;
    private readonly Watchers _watchers;
    private readonly RateHistory _history;
    private TimeSpan? _interval;

    private NodeTelemetry(PipelineMeter meter, Watchers watchers, RateHistory history)
    {
        _meter = meter;
        _watchers = watchers;
        _history = history;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(PipelineMeter meter, Watchers watchers, RateHistory history) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<NodeTelemetry>(() => new NodeTelemetry(meter, watchers, history)))
            .WithDispatcher(DispatcherIds.Control);

    protected override void PreStart()
    {
        Remember();
        Timers.StartPeriodicTimer(HistoryTimer, TelemetryProtocol.Remember.Instance, HistoryView.Interval);
        var self = Self;
        _watchers.OnChange(() => self.Tell(TelemetryProtocol.WatchersChanged.Instance));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TelemetryProtocol.Sample: _watchers.Publish(_meter.Read(atRest: false)); break;
            case TelemetryProtocol.Remember: Remember(); break;
            case TelemetryProtocol.WatchersChanged: OnWatchersChanged(); break;
            default: Unhandled(message); break;
        }
    }

    private void Remember() => _history.Add(_meter.ReadForHistory());

    private void OnWatchersChanged()
    {
        if (_watchers.Interval is not { } interval)
        {
            _interval = null;
            Timers.Cancel(SampleTimer);
            return;
        }

        // A new watcher does not wait for the next tick.
        _watchers.Publish(_meter.Read(atRest: false));
        if (interval == _interval) return;
        _interval = interval;
        Timers.StartPeriodicTimer(SampleTimer, TelemetryProtocol.Sample.Instance, interval);
    }
}
