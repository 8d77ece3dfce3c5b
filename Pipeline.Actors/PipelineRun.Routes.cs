using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Setup;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors;

/// <summary>Adds and removes routes while packets flow. Any thread.</summary>
public sealed partial class PipelineRun
{
    /// <summary>Adds a route in front of all others, from each router's next bundle on.</summary>
    /// <param name="route">The new route.</param>
    /// <param name="consumer">The options of the consumer that it leads to; null when the pipeline has or knows that consumer.</param>
    /// <param name="make">
    /// Makes that consumer in code, as <see cref="PipelineSetup.Handlers"/> do; null when its options are enough.
    /// </param>
    /// <param name="stop">Ends the wait for the answer.</param>
    /// <returns>True when every router goes by it; false where there is no such consumer, or the run is over.</returns>
    /// <exception cref="ArgumentException">
    /// An option makes no sense, a consumer of that name has run already, or the route does not lead to it.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no room for one more route.</exception>
    /// <exception cref="OutputException">The consumer's output cannot be created.</exception>
    /// <exception cref="HandlerException">The consumer's handler is not available.</exception>
    internal Task<bool> AddRoute(
        RouteOptions route, ConsumerOptions? consumer = null, Func<IPacketConsumer>? make = null, CancellationToken stop = default)
    {
        OptionsCheck.Check(route);
        if (consumer is not null) Declare(route, consumer, make);
        return Order(new RootProtocol.AddRoute(route), stop);
    }

    /// <summary>Removes a route. Packets that were sent along it arrive. A consumer that no other route leads to completes.</summary>
    /// <param name="route">The route as it was added. It may be one of the configuration's, but never the last.</param>
    /// <param name="stop">Ends the wait for the answer.</param>
    /// <returns>
    /// True when everything sent along it has been consumed and its consumer has completed; false when there is no such route, or the run
    /// is over.
    /// </returns>
    internal Task<bool> RemoveRoute(RouteOptions route, CancellationToken stop = default) =>
        Order(new RootProtocol.RemoveRoute(route), stop);

    private void Declare(RouteOptions route, ConsumerOptions consumer, Func<IPacketConsumer>? make)
    {
        var name = consumer.Name;
        OptionsCheck.Check(consumer);
        if (!ActorPath.IsValidPathElement(name)) throw new ArgumentException($"'{name}' cannot be part of an actor's name", nameof(consumer));
        if (name != route.To) throw new ArgumentException($"the route leads to {route.To}, and the consumer is {name}", nameof(consumer));
        if (!_topology.Groups.TryDeclare(consumer, make))
            throw new ArgumentException($"there is a consumer {name} already", nameof(consumer));
    }
}
