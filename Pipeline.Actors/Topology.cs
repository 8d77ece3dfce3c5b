using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>
/// The whole pipeline on one page: a router behind every queue, a lane from every router along every route, a group of consumers at
/// the end of each. Nothing runs yet; <see cref="Control.PipelineRoot"/> gives each cell its actor.
/// </summary>
/// <remarks><code>queue ──bundles──> router ──one lane per route──> consumer instance ──pages──> queue</code></remarks>
internal sealed class Topology
{
    /// <summary>Bundles that a lane may have out at the least, and all lanes together in the usual case.</summary>
    private const int FewestBundles = 16;

    private const int UsualMailboxBundles = 4096;

    private readonly PipelineSetup _setup;
    private readonly ConsumerFactory _factory;
    private readonly List<(QueueCell Queue, RouterCell Router)> _queues = [];

    private Topology(PipelineSetup setup, MarkTable table)
    {
        _setup = setup;
        Rules = new RuleCell(setup, table, DateTimeOffset.UtcNow);
        Selection = new Selection(setup.Expression, setup.StopAfterPackets);
        _factory = new ConsumerFactory(setup, () => Rules.InForce, Assemblies);
        Groups = new ConsumerGroups(setup.Options.Consumers, _factory, Ledger);
    }

    public Ledger Ledger { get; } = new();

    /// <summary>Bundles that a mailbox must take: every lane's, should they all lead to one consumer.</summary>
    public int MailboxBundles { get; private set; }

    /// <summary>The rules in force, and those before them.</summary>
    public RuleCell Rules { get; }

    /// <summary>The threads and CPUs of its parts; null before <see cref="Place"/>, while one thread of each kind is taken for granted.</summary>
    public CpuPlacement? Placement { get; private set; }

    public Selection Selection { get; }

    /// <summary>Rules that turned out not to work for a link type.</summary>
    public WarningList Warnings { get; } = new();

    /// <summary>Where handlers come from. To be disposed when the pipeline has ended.</summary>
    public HandlerAssemblies Assemblies { get; } = new();

    /// <summary>The groups that routes lead to.</summary>
    public ConsumerGroups Groups { get; }

    /// <summary>Every instance there is or was, in the order they were made. Any thread.</summary>
    public IReadOnlyList<ConsumerInstance> Consumers => Groups.All;

    public IReadOnlyList<(QueueCell Queue, RouterCell Router)> Queues => _queues;

    /// <exception cref="OutputException">An output cannot be created.</exception>
    /// <exception cref="HandlerException">A handler cannot be had.</exception>
    public static Topology Build(PipelineSetup setup, MarkTable table)
    {
        var topology = new Topology(setup, table);
        var routes = new RouteTable(setup.Options.Routes, setup.KeepOut is not null).Routes;
        try
        {
            foreach (var name in routes.Select(r => r.To).Append(RouteTable.StackGroup).Distinct()) topology.Groups.Add(name);
        }
        catch
        {
            topology._factory.CloseAll();
            throw;
        }

        for (var i = 0; i < setup.Nic.Queues.Count; i++) topology.AddQueue(setup.Nic.Queues[i], i);
        return topology;
    }

    /// <summary>Gives every queue and every consumer instance its thread. Before any actor starts.</summary>
    public void Place(UsableCpus cpus)
    {
        Placement = CpuPlacement.Of(cpus, _queues.Count, Consumers.Count);
        for (var i = 0; i < _queues.Count; i++)
        {
            _queues[i].Queue.Dispatcher = _queues[i].Router.Dispatcher = DispatcherIds.IntakeOf(Placement.IntakeThreadOf(i));
        }

        for (var i = 0; i < Consumers.Count; i++) Consumers[i].Dispatcher = DispatcherIds.DeliveryOf(Placement.DeliveryThreadOf(i));
    }

    private void AddQueue(INicQueue queue, int index)
    {
        var lost = Ledger.AddAccount(queue.Name, AccountKind.Stage);
        var outgoing = new BundlePool(BundlePackets);
        var plan = PlanOf(queue, index, outgoing);
        var router = new RouterCell
        {
            Name = $"router-{queue.Name}",
            Rules = Rules.AddRouter(plan),
            Scatter = new Scatter(plan),
            Bundles = outgoing,
            Latency = _setup.Options.Bundle.Latency,
            Warnings = Warnings,
        };
        var cell = new QueueCell(queue, Ledger.AddQueue(queue.Name, PassedFrom(index)), lost, new BundlePool(BundlePackets), Selection);
        Ledger.AddPool(queue.Pool);
        _queues.Add((cell, router));
    }

    private Func<PacketTally>? PassedFrom(int queue) =>
        _setup is { Options.Source.Offload: true, Nic.Offload: { } offload } ? () => offload.PassedFrom(queue) : null;

    private RouterPlan PlanOf(INicQueue queue, int index, BundlePool outgoing)
    {
        // A stretch may take a lane two bundles beyond what it asked for.
        var table = new RouteTable(_setup.Options.Routes, _setup.KeepOut is not null);
        var allLanes = table.Routes.Count * _setup.Nic.Queues.Count;
        MailboxBundles = Math.Max(UsualMailboxBundles, allLanes * FewestBundles);
        var bundleLimit = (MailboxBundles / allLanes) - 2;
        var lanes = table.Routes
            .Select(route => new Lane(route, OverloadOf(route), Groups[route.To], queue.Pool, outgoing, new QueuePlace(index, _setup.Nic.Queues.Count), bundleLimit))
            .ToList();
        foreach (var lane in lanes)
        {
            if (lane.SpillPool is { } spill) Ledger.AddPool(spill);
        }

        return new RouterPlan(table, lanes);
    }

    private int BundlePackets => _setup.Options.Bundle.Packets ?? (_setup.Nic.Traits.IsUnhurried ? BundleOptions.UnhurriedPackets : BundleOptions.LivePackets);

    /// <summary>What may wait does, unless its route says otherwise. A copy never goes to the stack: its packet gets there by itself.</summary>
    private Overload OverloadOf(RouteOptions route)
    {
        var overload = route.Overload ?? (_setup.Nic.Traits.MayWait ? Overload.Wait : Overload.DropNew);
        return overload == Overload.ToStack && route.Copy ? Overload.DropNew : overload;
    }
}
