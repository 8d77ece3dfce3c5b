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

        return Resize(answer => new RootProtocol.Scale(name, instances, answer));
    }

    /// <summary>
    /// Takes one instance out of a consumer while packets flow, wherever it stands among the others. Its own flows move, as with
    /// <see cref="ScaleConsumer"/>, and no others. Scaling the consumer up again brings it back.
    /// </summary>
    /// <returns>As <see cref="ScaleConsumer"/>; false too where there is no such instance, or no other.</returns>
    internal Task<bool> RemoveInstance(string name, int instance) =>
        _topology.Consumers.Any(c => c.Group == name) ? Resize(answer => new RootProtocol.RemoveInstance(name, instance, answer)) : Task.FromResult(false);

    private async Task<bool> Resize(Func<TaskCompletionSource<bool>, RootProtocol.Resize> order)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _root.Tell(order(answer), Akka.Actor.ActorRefs.NoSender);
        await Task.WhenAny(answer.Task, Completion);
        return answer.Task.IsCompleted && await answer.Task;
    }
}
