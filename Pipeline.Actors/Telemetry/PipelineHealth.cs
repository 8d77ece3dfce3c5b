using Pipeline.Actors.Cluster;

namespace Pipeline.Actors.Telemetry;

/// <summary>Whether a pipeline is of use now, and if not, why.</summary>
/// <param name="Reasons">Why it is not ready, each on one line, the gravest first; empty while it is.</param>
public sealed record PipelineHealth(IReadOnlyList<string> Reasons)
{
    /// <summary>It is ready.</summary>
    public static readonly PipelineHealth Ready = new([]);

    /// <summary>It has not been started, or is being built.</summary>
    public static readonly PipelineHealth Starting = new(["the pipeline is starting"]);

    /// <summary>The longest that control actors may be silent. They are given CPU time before all others, so this is no matter of load.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    /// <summary>Judges whether it lives at all. One that does not can only be ended.</summary>
    /// <param name="silence">How long its control actors have been silent (<see cref="PipelineRun.Silence"/>).</param>
    public static PipelineHealth OfLife(TimeSpan silence) =>
        silence > LongestSilence ? new([$"the control actors have been silent for {silence.TotalSeconds:0} s"]) : Ready;

    /// <summary>Whether there is nothing to say against it.</summary>
    public bool IsReady => Reasons.Count == 0;

    /// <summary>Judges a view.</summary>
    /// <remarks>
    /// Losses are no reason: packets that are too many for it are lost wherever else they are sent. Nor is a consumer that somebody paused.
    /// A route whose breaker is open is one, because nobody inspects its packets.
    /// </remarks>
    public static PipelineHealth Of(PipelineView view)
    {
        List<string> reasons = [];
        if (!view.Balanced) reasons.Add($"the ledger does not balance: {view.Ledger.InFlight.Packets} packets in flight, at most {view.Ledger.MostInFlight} fit");
        if (view.AtRest)
        {
            reasons.Add("the pipeline has ended");
            return new PipelineHealth(reasons);
        }

        reasons.AddRange(OfCluster(view.Cluster));
        reasons.AddRange(OfSource(view.Queues));
        reasons.AddRange(view.Consumers.SelectMany(OfConsumer));
        reasons.AddRange(view.Routes.SelectMany(OfRoute));
        return reasons.Count == 0 ? Ready : new PipelineHealth(reasons);
    }

    private static IEnumerable<string> OfCluster(ClusterView? cluster) => cluster switch
    {
        null or { State: ClusterState.Member } => [],
        { State: ClusterState.Joining } => [$"cluster not joined: {cluster.Node} asks its seeds to be let in"],
        { State: ClusterState.Lost } => [$"cluster lost: {cluster.Trouble ?? "it cannot be reached"}"],
        _ => [$"cluster left: {cluster.Node} was asked to"],
    };

    private static IEnumerable<string> OfSource(IReadOnlyList<QueueView> queues)
    {
        foreach (var queue in queues.Where(q => q.Trouble is not null)) yield return $"source down: {queue.Name}: {queue.Trouble}";
        if (queues.Count == 0) yield break;
        if (queues.All(q => q.State is QueueState.Draining or QueueState.Ended)) yield return "the source has ended, and what it gave arrives";
        else if (queues.Any(q => q.State is QueueState.Starting or QueueState.Opening)) yield return "the source is starting";
    }

    private static IEnumerable<string> OfRoute(RouteView route)
    {
        if (route.Breaker is { IsOpen: true } breaker)
            yield return $"route open: {route.Options.To}, {RouteView.WordsOf(route.Options)}: {breaker.InWords(route.Options.Breaker!)}";
    }

    /// <summary>While another instance takes what there is, one that is made anew keeps nobody waiting for long.</summary>
    private static IEnumerable<string> OfConsumer(ConsumerView consumer)
    {
        var because = (string? failure) => failure is null ? "" : $": {failure}";
        foreach (var instance in consumer.Instances.Where(i => i.State == ConsumerState.Failed))
            yield return $"consumer failed: {instance.Actor}{because(instance.LastFailure)}";

        if (consumer.Instances.Any(i => i.State == ConsumerState.BackingOff) && consumer.Instances.All(i => i.State is ConsumerState.BackingOff or ConsumerState.Failed))
            yield return $"consumer failed: {consumer.Name} is made anew{because(consumer.Instances.Select(i => i.LastFailure).FirstOrDefault(f => f is not null))}";
        if (consumer.Instances.Count > 0 && consumer.Instances.All(i => i.State == ConsumerState.Completed)) yield return $"consumer stopped: {consumer.Name}";
        if (consumer.Instances.Any(i => i.State == ConsumerState.Starting)) yield return $"consumer starting: {consumer.Name}";
    }
}
