using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Links;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>
/// The whole pipeline on one page: a router behind every queue, a lane from every router along every route, and a group of consumers at the
/// end of each lane. Nothing runs yet; <see cref="Control.PipelineRoot"/> gives each cell its actor.
/// </summary>
/// <remarks><code>queue ──bundles──> router ──one lane per route──> consumer instance ──pages──> queue</code></remarks>
internal sealed class Topology
{
    private readonly PipelineSetup _setup;
    private readonly ConsumerFactory _factory;
    private readonly List<(QueueCell Queue, RouterCell Router)> _queues = [];
    private volatile IReadOnlyList<PeerCell> _peers = [];

    private Topology(PipelineSetup setup, MarkTable table)
    {
        _setup = setup;
        Rules = new NodeRules(setup, table);
        Register = new RuleRegister(RuleGeneration.First(table.Rules, DateTimeOffset.UtcNow));
        Selection = new Selection(setup.Expression, setup.StopAfterPackets);
        _factory = new ConsumerFactory(setup, () => Rules.InForce, Assemblies, () => Routes!.Plans);
        Routes = new RoutePlans(setup, name => Groups![name], Ledger);
        Released = new ReleasedFlows(setup.Options.Released);
        Groups = new ConsumerGroups(setup.Options.Consumers, _factory, Ledger, Routes.DoorOf, setup.Options.Cluster, Released);
    }

    public Ledger Ledger { get; } = new();

    /// <summary>The flows that consumers have seen enough of.</summary>
    public ReleasedFlows Released { get; }

    /// <summary>What the source is, while it is open.</summary>
    public SourceView Source => new(_setup.Nic.Name, _setup.Nic.InWords);

    /// <summary>Whether the normal stack never sees what the source gives.</summary>
    public bool TakesFromStack => _setup.Nic.Traits.TakesFromStack;

    /// <summary>The routes, and the plans that routers go by.</summary>
    public RoutePlans Routes { get; }

    /// <summary>The rules and routes that the routers use.</summary>
    public NodeRules Rules { get; }

    /// <summary>The rules that were put in force, and the requests for others.</summary>
    public RuleRegister Register { get; }

    /// <summary>The threads and CPUs of its parts; null before <see cref="Place"/>, while one thread of each kind is assumed.</summary>
    public CpuPlacement? Placement { get; private set; }

    public Selection Selection { get; }

    /// <summary>Rules that turned out not to work for a link type.</summary>
    public WarningList Warnings { get; } = new();

    /// <summary>The assemblies that handlers come from. They must be disposed when the pipeline has ended.</summary>
    public HandlerAssemblies Assemblies { get; } = new();

    /// <summary>The groups that routes lead to.</summary>
    public ConsumerGroups Groups { get; }

    /// <summary>Every instance there is or was, in the order they were made. Any thread.</summary>
    public IReadOnlyList<ConsumerInstance> Consumers => Groups.All;

    /// <summary>What the actor system logs, where it is the run's own.</summary>
    public AkkaOptions Akka => _setup.Options.Akka;

    /// <summary>The device's queues, and after them its copies, if it makes any. Only queues have accounts in the books.</summary>
    public IReadOnlyList<(QueueCell Queue, RouterCell Router)> Queues => _queues;

    /// <summary>Nodes that packets are or were sent to. The root writes it; any thread reads it.</summary>
    public IReadOnlyList<PeerCell> Peers { get => _peers; set => _peers = value; }

    /// <summary>The packets that were sent once more to a node, by peers that are gone.</summary>
    public long ResentBefore { get; private set; }

    /// <summary>A peer is gone. Its counts stay. Only for the root.</summary>
    public void Forget(PeerCell peer) => ResentBefore += peer.Instances.Sum(i => i.Resent);

    /// <summary>Where other nodes bring packets; null where there is no cluster. Set before the root starts.</summary>
    public LinkDoor? Door { get; set; }

    /// <exception cref="OutputException">An output cannot be created.</exception>
    /// <exception cref="HandlerException">A handler is not available.</exception>
    public static Topology Build(PipelineSetup setup, MarkTable table)
    {
        var topology = new Topology(setup, table);
        try
        {
            foreach (var name in topology.Routes.All.Select(r => r.To).Append(RouteTable.StackGroup).Concat(topology.Groups.ForOthers).Distinct())
                topology.Groups.Add(name);
        }
        catch
        {
            topology._factory.CloseAll();
            throw;
        }

        foreach (var queue in setup.Nic.Queues) topology.AddQueue(queue);
        if (setup.Nic.Copies is { } copies) topology.AddQueue(copies, areCopies: true);
        return topology;
    }

    /// <summary>Assigns a thread to every queue and every consumer instance. Before any actor starts.</summary>
    public void Place(UsableCpus cpus)
    {
        Placement = CpuPlacement.Of(cpus, _setup.Nic.Queues.Count, Consumers.Count);
        for (var i = 0; i < _queues.Count; i++)
        {
            _queues[i].Queue.Dispatcher = _queues[i].Router.Dispatcher = DispatcherIds.IntakeOf(Placement.IntakeThreadOf(i));
        }

        for (var i = 0; i < Consumers.Count; i++) Consumers[i].Dispatcher = DispatcherIds.DeliveryOf(Placement.DeliveryThreadOf(i));
    }

    /// <param name="areCopies">Whether its packets are copies of packets that the device passes, which are received there.</param>
    private void AddQueue(INicQueue queue, bool areCopies = false)
    {
        var lost = Ledger.AddAccount(queue.Name, areCopies ? AccountKind.Copy : AccountKind.Stage);
        var outgoing = new BundlePool(BundlePackets);
        var plan = Routes.AddQueue(queue.Pool, outgoing);
        var router = new RouterCell
        {
            Name = $"router-{queue.Name}",
            Rules = Rules.AddRouter(plan),
            Scatter = new Scatter(plan, areCopies, Released),
            IsOfCopies = areCopies,
            Bundles = outgoing,
            Latency = _setup.Options.Bundle.Latency,
            Warnings = Warnings,
        };
        var account = areCopies
            ? new QueueAccount(queue.Name, copies: lost)
            : Ledger.AddQueue(queue.Name, PassedFrom(_queues.Count));
        var selection = areCopies ? new Selection(_setup.Expression, limit: null) : Selection;
        var cell = new QueueCell(queue, account, lost, new BundlePool(BundlePackets), selection)
        {
            Rules = router.Rules,
            Latency = _setup.Options.Bundle.Latency,
        };
        Ledger.AddPool(queue.Pool);
        _queues.Add((cell, router));
    }

    private Func<PacketTally>? PassedFrom(int queue) =>
        _setup.IsOffloaded ? () => _setup.Nic.Offload!.PassedFrom(queue) : null;

    private int BundlePackets =>
        _setup.Options.Bundle.Packets ?? (_setup.Nic.Traits.IsUnhurried ? BundleOptions.UnhurriedPackets : BundleOptions.LivePackets);
}
