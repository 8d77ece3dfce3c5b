using Pipeline.Actors.Control;
using Pipeline.Actors.Routing;

namespace Pipeline.Actors;

public sealed partial class PipelineRun
{
    /// <summary>The most instances a consumer may have.</summary>
    public const int MostInstances = FlowBuckets.MostInstances;

    /// <summary>
    /// Gives a consumer so many instances while packets flow. Only the flows that must change hands do; their packets wait, charged to
    /// their route's share, until all that went to the old instance has been consumed, so none is reordered. Orders for one consumer
    /// are done one after the other; while it is paused they wait for packets that it holds.
    /// </summary>
    /// <param name="name">The consumer's.</param>
    /// <param name="instances">How many there are to be, 1 to 64.</param>
    /// <returns>
    /// Ends when no packet goes by the old number any more and instances that left have completed. True when it was done, false when
    /// there is no consumer of that name or the run was over first. Faults where a new instance cannot be made; nothing has changed then.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is not within 1 to 64.</exception>
    /// <exception cref="InvalidOperationException">The consumer writes a file, which only one can.</exception>
    public Task<bool> ScaleConsumer(string name, int instances)
    {
        if (instances is < 1 or > MostInstances)
        {
            throw new ArgumentOutOfRangeException(nameof(instances), instances, $"consumer {name}: expected 1 to {MostInstances} instances");
        }

        var group = _topology.Consumers.Where(c => c.Group == name).ToList();
        if (group.Count == 0) return Task.FromResult(false);
        if (group[0].IsOutput)
        {
            throw new InvalidOperationException($"consumer {name} writes files that are open already; only consumers that write none can get or lose instances");
        }

        return ScaleAsync(name, instances);
    }

    private async Task<bool> ScaleAsync(string name, int instances)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _root.Tell(new RootProtocol.Scale(name, instances, answer), Akka.Actor.ActorRefs.NoSender);
        await Task.WhenAny(answer.Task, Completion);
        return answer.Task.IsCompleted && await answer.Task;
    }
}
