using Akka.Actor;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Reads the counters as often as the most frequent watcher wants them, and hands the view to all watchers. While nobody watches it reads
/// once a second what the history needs, which is far less than a view. Where routes have breakers, it has them judge as often as they want.
/// </summary>
internal sealed class NodeTelemetry : UntypedActor, IWithTimers
{
    private const string SampleTimer = "sample";
    private const string HistoryTimer = "history";
    private const string BreakerTimer = "breakers";

    private readonly PipelineMeter _meter;
    private readonly Watchers _watchers;
    private readonly RateHistory _history;
    private readonly BreakerWatch _breakers;
    private TimeSpan? _interval;

    private NodeTelemetry(PipelineMeter meter, Watchers watchers, RateHistory history, BreakerWatch breakers)
    {
        _meter = meter;
        _watchers = watchers;
        _history = history;
        _breakers = breakers;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(PipelineMeter meter, Watchers watchers, RateHistory history, BreakerWatch breakers) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<NodeTelemetry>(() => new NodeTelemetry(meter, watchers, history, breakers)))
            .WithDispatcher(DispatcherIds.Control);

    protected override void PreStart()
    {
        Remember();
        Timers.StartPeriodicTimer(HistoryTimer, TelemetryProtocol.Remember.Instance, HistoryView.Interval);
        if (_breakers.Interval is { } often) Timers.StartPeriodicTimer(BreakerTimer, TelemetryProtocol.Judge.Instance, often);
        var self = Self;
        _watchers.OnChange(() => self.Tell(TelemetryProtocol.WatchersChanged.Instance));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TelemetryProtocol.Sample: _watchers.Publish(_meter.Read(atRest: false)); break;
            case TelemetryProtocol.Remember: Remember(); break;
            case TelemetryProtocol.Judge: _breakers.Look(_meter.Elapsed); break;
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
