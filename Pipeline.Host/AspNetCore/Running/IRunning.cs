using Pipeline.Actors;
using Pipeline.Actors.Captures;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Trials;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Headers;

namespace Pipeline.Host.Running;

/// <summary>A running pipeline, reduced to the members that the program uses.</summary>
internal interface IRunning : IAsyncDisposable
{
    Task<RunOutcome> Completion { get; }

    /// <summary>Rules and expressions that turned out not to work for a link type. The list grows during the run.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>Which thread runs what, and on which CPU, in one line each.</summary>
    IReadOnlyList<string> Placement { get; }

    void Drain();

    void Abort();

    PipelineView View();

    /// <inheritdoc cref="PipelineRun.Silence"/>
    TimeSpan Silence { get; }

    /// <inheritdoc cref="PipelineRun.History"/>
    HistoryView History();

    /// <inheritdoc cref="PipelineRun.Actors"/>
    ActorsView Actors();

    IRuleControl Rules { get; }

    /// <inheritdoc cref="PipelineRun.PauseConsumer"/>
    Task<bool> PauseConsumer(string name, string who);

    /// <inheritdoc cref="PipelineRun.ResumeConsumer"/>
    Task<bool> ResumeConsumer(string name, string who);

    /// <inheritdoc cref="PipelineRun.CloseBreaker"/>
    Task<bool> CloseBreaker(string name, string who);

    /// <inheritdoc cref="PipelineRun.RestartConsumer"/>
    Task<bool> RestartConsumer(string name, string who, CancellationToken stop);

    /// <inheritdoc cref="PipelineRun.ScaleConsumer"/>
    Task<bool> ScaleConsumer(string name, int instances, string who, CancellationToken stop);

    /// <inheritdoc cref="PipelineRun.ReportsAsync"/>
    Task<IReadOnlyList<InstanceReport>> Reports(string consumer, int most, CancellationToken stop);

    /// <inheritdoc cref="PipelineRun.Events"/>
    EventLog Events { get; }

    /// <inheritdoc cref="PipelineRun.Note"/>
    void Note(string where, string words);

    /// <inheritdoc cref="PipelineRun.Captures"/>
    CaptureList Captures { get; }

    /// <inheritdoc cref="PipelineRun.Released"/>
    ReleasedFlows Released { get; }

    /// <inheritdoc cref="PipelineRun.TakeBack"/>
    ReleasedFlow? TakeBack(string flow, string who);

    /// <inheritdoc cref="PipelineRun.Trials"/>
    RuleTrials Trials { get; }

    /// <inheritdoc cref="PipelineRun.Trace"/>
    TracedPacket Trace(LinkType link, ReadOnlySpan<byte> bytes);

    /// <inheritdoc cref="PipelineRun.Cluster"/>
    ClusterNode? Cluster { get; }

    /// <summary>Views until the final one, or until cancelled.</summary>
    IAsyncEnumerable<PipelineView> Watch(TimeSpan interval, CancellationToken stop);

    /// <inheritdoc cref="PipelineRun.ApplyRules"/>
    Task<RuleChange> ApplyRules(string text, string source, string who);
}

/// <summary>A real run.</summary>
internal sealed class Run(PipelineRun run) : IRunning
{
    private readonly LiveRules _rules = new(run);

    public Task<RunOutcome> Completion => run.Completion;

    public IReadOnlyList<string> Warnings => run.Warnings;

    public IReadOnlyList<string> Placement => run.Placement;

    public void Drain() => run.Drain();

    public void Abort() => run.Abort();

    public PipelineView View() => run.View();

    public TimeSpan Silence => run.Silence;

    public HistoryView History() => run.History();

    public ActorsView Actors() => run.Actors();

    public IRuleControl Rules => _rules;

    public Task<bool> PauseConsumer(string name, string who) => run.PauseConsumer(name, who);

    public Task<bool> ResumeConsumer(string name, string who) => run.ResumeConsumer(name, who);

    public Task<bool> CloseBreaker(string name, string who) => run.CloseBreaker(name, who);

    public Task<bool> RestartConsumer(string name, string who, CancellationToken stop) => run.RestartConsumer(name, who, stop);

    public Task<bool> ScaleConsumer(string name, int instances, string who, CancellationToken stop) => run.ScaleConsumer(name, instances, who, stop);

    public Task<IReadOnlyList<InstanceReport>> Reports(string consumer, int most, CancellationToken stop) => run.ReportsAsync(consumer, most, stop);

    public EventLog Events => run.Events;

    public void Note(string where, string words) => run.Note(where, words);

    public CaptureList Captures => run.Captures;

    public ReleasedFlows Released => run.Released;

    public ReleasedFlow? TakeBack(string flow, string who) => run.TakeBack(flow, who);

    public RuleTrials Trials => run.Trials;

    public TracedPacket Trace(LinkType link, ReadOnlySpan<byte> bytes) => run.Trace(link, bytes);

    public ClusterNode? Cluster => run.Cluster;

    public IAsyncEnumerable<PipelineView> Watch(TimeSpan interval, CancellationToken stop) => run.Watch(interval, stop);

    public Task<RuleChange> ApplyRules(string text, string source, string who) => run.ApplyRules(text, source, who);

    public ValueTask DisposeAsync() => run.DisposeAsync();
}
