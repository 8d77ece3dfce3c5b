using Pipeline.Actors.Control;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors;

/// <summary>
/// Orders to consumers. Any thread. Cancelling only ends the wait: the order may still be carried out. When more than a thousand calls wait
/// at a time, further ones are refused with an <see cref="InvalidOperationException"/>.
/// </summary>
public sealed partial class PipelineRun
{
    /// <summary>The most instances a consumer may have.</summary>
    public const int MostInstances = FlowBuckets.MostInstances;

    /// <summary>
    /// Makes a consumer, with all its instances, take no more bundles for now. They wait, and beyond its routes' shares the routes'
    /// overload policies apply. It continues at <see cref="ResumeConsumer"/> or <see cref="Drain"/>. A source that ends in the meantime
    /// waits for that too.
    /// </summary>
    /// <param name="name">The consumer's name.</param>
    /// <param name="who">Who wants it, for the event; null for nobody in particular.</param>
    /// <param name="stop">Ends the wait for the answer.</param>
    /// <returns>Ends when its instances have been told, or the run is over. False when there is no consumer of that name.</returns>
    public Task<bool> PauseConsumer(string name, string? who = null, CancellationToken stop = default) =>
        Tell(new RootProtocol.Pause(name) { Who = who }, stop);

    /// <summary>Makes a paused consumer continue. One that is not paused stays as it is.</summary>
    /// <inheritdoc cref="PauseConsumer"/>
    public Task<bool> ResumeConsumer(string name, string? who = null, CancellationToken stop = default) =>
        Tell(new RootProtocol.Resume(name) { Who = who }, stop);

    /// <summary>
    /// Closes the breakers of all routes to a consumer, so that their packets go to it again and not to the normal stack. One that is closed
    /// stays so. It opens again if packets are dropped as before.
    /// </summary>
    /// <returns>Ends when they are closed, or the run is over. False when there is no consumer of that name.</returns>
    /// <exception cref="InvalidOperationException">No route to it has a breaker.</exception>
    /// <inheritdoc cref="PauseConsumer"/>
    public async Task<bool> CloseBreaker(string name, string? who = null, CancellationToken stop = default) =>
        await _inquiries.Ask<OrderAnswer>(_root, new RootProtocol.CloseBreaker(name) { Who = who }, stop) is not { Outcome: not OrderOutcome.Ended } answer
        || answer.ToResult();

    /// <summary>
    /// Disposes all instances of a consumer and makes new ones, at once even during the pause after a failure. Bundles wait meanwhile, and
    /// none is lost. A paused consumer stays paused.
    /// </summary>
    /// <returns>
    /// Ends when every instance has been made anew, or the run is over. A handler that hangs keeps it waiting. False when there is no
    /// consumer of that name.
    /// </returns>
    /// <exception cref="InvalidOperationException">It writes a file, which a new consumer would overwrite.</exception>
    /// <inheritdoc cref="PauseConsumer"/>
    public Task<bool> RestartConsumer(string name, string? who = null, CancellationToken stop = default) =>
        _topology.Groups.WhyNotRestart(name) is { } why
            ? throw new InvalidOperationException(why)
            : Tell(new RootProtocol.Restart(name) { Who = who }, stop);

    /// <summary>
    /// Gives a consumer another number of instances while packets flow. Only the flows that must change hands do so. Their packets wait,
    /// charged to their route's share, until everything sent to the old instance has been consumed, so that none is reordered. Orders for
    /// one consumer are carried out one after the other. While it is paused they wait, because it holds packets.
    /// </summary>
    /// <param name="name">The consumer's name.</param>
    /// <param name="instances">The new number of instances, 1 to 64.</param>
    /// <param name="who">Who wants it, for the event; null for nobody in particular.</param>
    /// <param name="stop">Ends the wait for the answer.</param>
    /// <returns>
    /// Ends when no packet goes by the old number any more and the instances that left have completed. True when that is done; false when
    /// there is no consumer of that name, or the run ended first. Faults when a new instance cannot be made; nothing has changed then.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is not within 1 to 64.</exception>
    /// <exception cref="InvalidOperationException">The consumer writes a file, so it cannot have several instances.</exception>
    public Task<bool> ScaleConsumer(string name, int instances, string? who = null, CancellationToken stop = default)
    {
        if (instances is < 1 or > MostInstances)
        {
            throw new ArgumentOutOfRangeException(
                nameof(instances), instances, $"consumer {name}: expected 1 to {MostInstances} instances");
        }

        if (_topology.Groups.WhyNotResize(name) is { } why) throw new InvalidOperationException(why);
        return Order(new RootProtocol.Scale(name, instances) { Who = who }, stop);
    }

    /// <summary>
    /// Writes all that a consumer has gathered so far, such as the flows in its table. Several instances are written one after the other.
    /// </summary>
    /// <param name="consumer">The consumer's name.</param>
    /// <param name="text">The writer, which gets line ends unchanged.</param>
    /// <param name="stop">Ends the wait for the answer.</param>
    /// <returns>False when the consumer gathers nothing, is down at the moment, or the run is over.</returns>
    public async Task<bool> ReportAsync(string consumer, TextWriter text, CancellationToken stop = default)
    {
        var reports = await ReportsAsync(consumer, int.MaxValue, stop);
        foreach (var report in reports) await text.WriteAsync(report.Text.AsMemory(), stop);
        return reports.Count > 0;
    }

    /// <summary>Asks a consumer's instances for what they have gathered so far, such as the flows in their tables.</summary>
    /// <param name="consumer">The consumer's name.</param>
    /// <param name="most">
    /// The most entries of all instances together, at least 1. Each gets an equal part, and at least one entry. Their copies and texts are
    /// what this takes of memory.
    /// </param>
    /// <param name="stop">Ends the wait for the answer.</param>
    /// <returns>
    /// A report for each instance; none when the consumer is not there, gathers nothing, is down at the moment, or the run is over.
    /// </returns>
    public async Task<IReadOnlyList<InstanceReport>> ReportsAsync(string consumer, int most, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var instances = _topology.Consumers.Where(c => c.Group == consumer && !c.HasLeft && c.Figures.Current is IReporting).ToList();
        List<InstanceReport> reports = [];
        for (var i = 0; i < instances.Count; i++)
        {
            var instance = instances[i];
            var part = (most / instances.Count) + (i < most % instances.Count ? 1 : 0);
            var wish = new ConsumerProtocol.TakeReport(Math.Max(1, part));
            var report = await _inquiries.Ask<ConsumerProtocol.Report>(instance.Ref, wish, stop);
            if (report?.Text is { } text) reports.Add(new InstanceReport(instance.ActorName, report.Entries, report.Total, text));
        }

        return reports;
    }

    /// <summary>
    /// Removes one instance from a consumer while packets flow, whatever its place among the others. Its own flows move, as with
    /// <see cref="ScaleConsumer"/>, and no others. Scaling the consumer up again brings it back.
    /// </summary>
    /// <returns>As <see cref="ScaleConsumer"/>; also false when there is no such instance, or no other.</returns>
    internal Task<bool> RemoveInstance(string name, int instance, CancellationToken stop = default) =>
        Order(new RootProtocol.RemoveInstance(name, instance), stop);

    private async Task<bool> Tell(RootProtocol.Order order, CancellationToken stop) =>
        _topology.Consumers.Any(c => c.Group == order.Name)
        && (await _inquiries.Ask<OrderAnswer>(_root, order, stop) is not { Outcome: not OrderOutcome.Ended } answer || answer.ToResult());

    private async Task<bool> Order(RootProtocol.Order order, CancellationToken stop) =>
        await _inquiries.Ask<OrderAnswer>(_root, order, stop) is { } answer && answer.ToResult();
}
