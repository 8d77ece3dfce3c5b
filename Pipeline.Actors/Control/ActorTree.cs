using Akka.Actor;
using Pipeline.Actors.Dispatch;

using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Control;

/// <summary>
/// Looks up which actors there are. It goes down from the root over the children that Akka itself knows, so it shows what is there and
/// nothing else. Any thread. It sends no message and disturbs nobody.
/// </summary>
internal sealed class ActorTree(ActorWords words)
{
    private readonly List<ActorView> _actors = [];
    private readonly Dictionary<string, int?> _cpus = [];
    private int _leftOut;

    /// <param name="root">The root of the pipeline.</param>
    /// <param name="cluster">The actor system that takes part in the cluster; null for none.</param>
    public static ActorsView Read(IActorRef root, ActorSystem? cluster, ActorWords words)
    {
        var tree = new ActorTree(words);
        tree.Add(root, parent: null, isOfCluster: false);
        if (cluster is ExtendedActorSystem { WhenTerminated.IsCompleted: false } system)
            foreach (var actor in tree.Sorted(system.Guardian)) tree.Add(actor, parent: null, isOfCluster: true);
        return new ActorsView(DateTimeOffset.UtcNow, tree._actors, tree._leftOut);
    }

    private void Add(IActorRef actor, string? parent, bool isOfCluster)
    {
        if (actor is not ActorRefWithCell { Underlying: { IsTerminated: false } cell }) return;
        var path = actor.Path.ToStringWithoutAddress();
        if (_actors.Count < ActorsView.Most)
        {
            _actors.Add(words.Of(actor, cell.Props, path, parent) with { IsOfCluster = isOfCluster, Cpu = CpuOf(cell) });
        }
        else
        {
            _leftOut++;
        }

        foreach (var child in Sorted(actor)) Add(child, path, isOfCluster);
    }

    private IEnumerable<IActorRef> Sorted(IActorRef parent) => parent is not ActorRefWithCell { Underlying: { } cell } ? [] :
        cell.ChildrenContainer.Children.OrderBy(words.KindOf).ThenBy(words.PlaceOf).ThenBy(c => c.Path.Name, StringComparer.Ordinal);

    private int? CpuOf(ICell cell)
    {
        var dispatcher = cell.Props.Dispatcher;
        if (_cpus.TryGetValue(dispatcher, out var known)) return known;
        var cpu = cell.System.Settings.Config.GetInt($"{dispatcher}.cpu", CpuExecutorConfigurator.AnyCpu);
        return _cpus[dispatcher] = cpu == CpuExecutorConfigurator.AnyCpu ? null : cpu;
    }
}
