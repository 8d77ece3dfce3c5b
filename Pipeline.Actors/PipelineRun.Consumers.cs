using Pipeline.Actors.Control;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors;

/// <summary>
/// Orders to consumers. Any thread. A caller that stops waiting takes nothing back: what was ordered may happen all the same. More than a
/// thousand calls that wait at a time are refused with an <see cref="InvalidOperationException"/>.
/// </summary>
public sealed partial class PipelineRun
{
    /// <summary>The most instances a consumer may have.</summary>
    public const int MostInstances = FlowBuckets.MostInstances;

    /// <summary>
    /// Has a consumer, all its instances, take no more bundles for now. They wait, and beyond its routes' shares the routes' overload
    /// policies apply. It goes on at <see cref="ResumeConsumer"/> or <see cref="Drain"/>; a source that ends meanwhile waits for that.
    /// </summary>
    /// <param name="name">The consumer's.</param>
    /// <param name="stop">Ends the waiting for the answer.</param>
    /// <returns>Ends when its instances have been told, or the run is over. False when there is no consumer of that name.</returns>
    public Task<bool> PauseConsumer(string name, CancellationToken stop = default) => Tell(new RootProtocol.Pause(name), stop);

    /// <summary>Has a paused consumer go on; one that is not paused does anyway.</summary>
    /// <inheritdoc cref="PauseConsumer"/>
    public Task<bool> ResumeConsumer(string name, CancellationToken stop = default) => Tell(new RootProtocol.Resume(name), stop);

    /// <summary>
    /// Disposes a consumer, all its instances, and makes it anew, at once even where it is waiting after a failure. Bundles wait
    /// meanwhile, and none is lost. A paused one stays paused.
    /// </summary>
    /// <exception cref="InvalidOperationException">It writes a file, over which a new one would write.</exception>
    /// <inheritdoc cref="PauseConsumer"/>
    public Task<bool> RestartConsumer(string name, CancellationToken stop = default) =>
        _topology.Groups.WhyNotRestart(name) is { } why ? throw new InvalidOperationException(why) : Tell(new RootProtocol.Restart(name), stop);

    /// <summary>
    /// Gives a consumer so many instances while packets flow. Only the flows that must change hands do; their packets wait, charged to
    /// their route's share, until all that went to the old instance has been consumed, so none is reordered. Orders for one consumer
    /// are done one after the other; while it is paused they wait for packets that it holds.
    /// </summary>
    /// <param name="name">The consumer's.</param>
    /// <param name="instances">How many there are to be, 1 to 64.</param>
    /// <param name="stop">Ends the waiting for the answer.</param>
    /// <returns>
    /// Ends when no packet goes by the old number any more and instances that left have completed. True when it was done, false when
    /// there is no consumer of that name or the run was over first. Faults where a new instance cannot be made; nothing has changed then.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is not within 1 to 64.</exception>
    /// <exception cref="InvalidOperationException">The consumer writes a file, which only one can.</exception>
    public Task<bool> ScaleConsumer(string name, int instances, CancellationToken stop = default)
    {
        if (instances is < 1 or > MostInstances)
        {
            throw new ArgumentOutOfRangeException(nameof(instances), instances, $"consumer {name}: expected 1 to {MostInstances} instances");
        }

        if (_topology.Groups.WhyNotResize(name) is { } why) throw new InvalidOperationException(why);
        return Order(new RootProtocol.Scale(name, instances), stop);
    }

    /// <summary>Writes what a consumer has gathered so far, such as the flows in its table; several instances one after the other.</summary>
    /// <param name="consumer">Its name.</param>
    /// <param name="text">Where it is written, line ends as they are.</param>
    /// <param name="stop">Ends the waiting for the answer.</param>
    /// <returns>False when the consumer gathers nothing, is down at the moment, or the run is over.</returns>
    public async Task<bool> ReportAsync(string consumer, TextWriter text, CancellationToken stop = default)
    {
        var written = false;
        foreach (var instance in _topology.Consumers)
        {
            if (instance.Group != consumer || instance.Figures.Current is not IReporting) continue;
            var report = await _inquiries.Ask<ConsumerProtocol.Report>(instance.Ref, ConsumerProtocol.TakeReport.Instance, stop);
            if (report?.Text is not { } words) continue;
            await text.WriteAsync(words.AsMemory(), stop);
            written = true;
        }

        return written;
    }

    /// <summary>
    /// Takes one instance out of a consumer while packets flow, wherever it stands among the others. Its own flows move, as with
    /// <see cref="ScaleConsumer"/>, and no others. Scaling the consumer up again brings it back.
    /// </summary>
    /// <returns>As <see cref="ScaleConsumer"/>; false too where there is no such instance, or no other.</returns>
    internal Task<bool> RemoveInstance(string name, int instance, CancellationToken stop = default) =>
        Order(new RootProtocol.RemoveInstance(name, instance), stop);

    private async Task<bool> Tell(RootProtocol.Order order, CancellationToken stop) =>
        _topology.Consumers.Any(c => c.Group == order.Name)
        && (await _inquiries.Ask<OrderAnswer>(_root, order, stop) is not { Outcome: not OrderOutcome.Ended } answer || answer.ToResult());

    private async Task<bool> Order(RootProtocol.Order order, CancellationToken stop) =>
        await _inquiries.Ask<OrderAnswer>(_root, order, stop) is { } answer && answer.ToResult();
}
