using System.Collections.Concurrent;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// The consumer groups of a pipeline and their instances, as the root keeps them. It starts no actor and sends no message. While the
/// pipeline runs, only the root calls it; <see cref="All"/> is for any thread.
/// </summary>
/// <param name="doorOf">What is told how many instances of a group take packets; null where nobody wants to know.</param>
/// <param name="node">This node's place in its cluster; null where it is in none.</param>
/// <param name="released">The flows that consumers release; null where they cannot.</param>
internal sealed partial class ConsumerGroups(
    IReadOnlyDictionary<string, ConsumerOptions> declared, ConsumerFactory factory, Ledger ledger, Func<string, GroupDoor?>? doorOf = null,
    ClusterOptions? node = null, ReleasedFlows? released = null)
{
    private readonly Dictionary<string, GroupDoor?> _doors = [];
    private readonly Dictionary<string, ConsumerGroup> _groups = [];
    private readonly Dictionary<string, IReadOnlyList<ConsumerInstance>> _members = [];
    private readonly ConcurrentDictionary<string, ConsumerOptions> _options = new(declared);
    private readonly ConcurrentDictionary<string, Func<IPacketConsumer>> _makers = new();
    private ConsumerInstance[] _all = [];

    /// <summary>Every instance there is or was, in the order they were made. Any thread.</summary>
    public IReadOnlyList<ConsumerInstance> All => Volatile.Read(ref _all);

    public ConsumerGroup this[string name] => _groups[name];

    /// <summary>Makes a group with its accounts and its instances. A group that is not declared is a normal stack.</summary>
    /// <exception cref="OutputException">An output cannot be created.</exception>
    /// <exception cref="HandlerException">A handler is not available.</exception>
    public void Add(string name)
    {
        Enter(name);
        Resize(name, InstancesHere(name), placement: null);
    }

    /// <summary>Why a consumer cannot be restarted; null when it can. Any thread.</summary>
    public string? WhyNotRestart(string name) => !IsOutput(name) ? null
        : $"consumer {name} writes a capture, and a new one would write over it; only bypass and stack consumers can be restarted";

    /// <summary>Why a consumer cannot have another number of instances; null when it can. Any thread.</summary>
    public string? WhyNotResize(string name) => InstancesHere(name) == 0 ? $"consumer {name} runs on other nodes: {string.Join(", ", OptionsOf(name).On)}"
        : !IsOutput(name) ? null
        : $"consumer {name} writes files that are open already; only consumers that write none can get or lose instances";

    /// <summary>Whether there is or was a group of that name. For the root alone.</summary>
    public bool Contains(string name) => _groups.ContainsKey(name);

    /// <summary>Whether there is such a group, or could be. Any thread.</summary>
    public bool Knows(string name) => name == RouteTable.StackGroup || _options.ContainsKey(name);

    /// <summary>
    /// Declares a group before any route leads to it. One that was declared here and has never had an instance, because its output could
    /// not be created, may be declared again. Any thread.
    /// </summary>
    /// <returns>False when the name is taken.</returns>
    public bool TryDeclare(ConsumerOptions options, Func<IPacketConsumer>? make)
    {
        var name = options.Name;
        if (name == RouteTable.StackGroup || declared.ContainsKey(name) || All.Any(c => c.Group == name)) return false;
        _options[name] = options;
        if (make is null) _makers.TryRemove(name, out _);
        else _makers[name] = make;
        return true;
    }

    /// <summary>Gives a group instances, if it has none yet or none any more, because a route is to lead to it.</summary>
    /// <returns>The instances to start.</returns>
    /// <exception cref="OutputException">An output cannot be created.</exception>
    /// <exception cref="HandlerException">A handler is not available.</exception>
    /// <exception cref="InvalidOperationException">The group has finished its output.</exception>
    public IReadOnlyList<ConsumerInstance> Open(string name, CpuPlacement? placement)
    {
        if (!_groups.TryGetValue(name, out var group)) Enter(name);
        else if (group.Instances.Count > 0) return [];
        else if (IsOutput(name)) throw new InvalidOperationException($"consumer {name} has finished what it writes");
        return Resize(name, InstancesHere(name), placement).Joining;
    }

    /// <summary>
    /// Removes all instances from a group that no route leads to any more. The normal stack keeps its own, and so does a group that runs
    /// here for other nodes.
    /// </summary>
    /// <returns>The instances to complete.</returns>
    public IReadOnlyList<ConsumerInstance> Close(string name)
    {
        if (name == RouteTable.StackGroup || OptionsOf(name).IsFor(node)) return [];
        var members = MembersOf(name);
        Become(name, [], new GroupChange([], members));
        return members;
    }

    /// <summary>
    /// Gives a group another number of instances. An instance that left before comes back, with its id and its counts, before a new one is
    /// made. Those with the highest numbers leave.
    /// </summary>
    /// <exception cref="OutputException">
    /// The output of a new instance cannot be created. The group has not changed then, and outputs of instances that were made before it
    /// stay open until the run ends.
    /// </exception>
    /// <exception cref="HandlerException">The handler of a new instance is not available.</exception>
    public GroupChange Resize(string group, int instances, CpuPlacement? placement)
    {
        var members = MembersOf(group);
        var staying = members.Take(instances).ToList();
        var free = Enumerable.Range(0, int.MaxValue).Where(number => members.All(m => m.Id.Number != number));
        var joining = free.Take(Math.Max(0, instances - members.Count))
            .Select((number, i) => Find(group, number) ?? Make(group, number, instances, placement, i)).ToList();
        Volatile.Write(ref _all, [.. _all.Union(joining)]);
        return Become(group, [.. staying, .. joining], new GroupChange(joining, [.. members.Skip(instances)]));
    }

    /// <summary>Removes one instance from its group, whatever its place.</summary>
    /// <returns>Null when the group has no such instance, or no other.</returns>
    public GroupChange? Remove(string group, int number)
    {
        var members = MembersOf(group);
        if (members.Count < 2 || members.FirstOrDefault(m => m.Id.Number == number) is not { } leaving) return null;
        return Become(group, [.. members.Where(m => m != leaving)], new GroupChange([], [leaving]));
    }

    private bool IsOutput(string name) => All.Any(c => c.Group == name && c.IsOutput);

    private void Enter(string name)
    {
        var account = ledger.AddAccount(name, OptionsOf(name).Kind == ConsumerKind.Stack ? AccountKind.Stack : AccountKind.Consumer);
        _doors[name] = doorOf?.Invoke(name);
        _groups.Add(name, new ConsumerGroup(name, [], account, ledger.AddAccount(name, AccountKind.Copy), ReleaserOf(name)));
    }

    private FlowReleaser? ReleaserOf(string name) => OptionsOf(name).Kind == ConsumerKind.Stack ? null : released?.For(name);

    private GroupChange Become(string group, IEnumerable<ConsumerInstance> members, GroupChange change)
    {
        _members[group] = [.. members.OrderBy(m => m.Id)];
        Compose(group);
        return change;
    }

    private IReadOnlyList<ConsumerInstance> MembersOf(string group) => _members.GetValueOrDefault(group, []);

    private ConsumerInstance? Find(string group, int number) => _all.FirstOrDefault(c => c.Group == group && c.Id.Number == number);

    /// <summary>A group's options. A group that is not declared is a normal stack. Any thread.</summary>
    public ConsumerOptions OptionsOf(string name) =>
        _options.TryGetValue(name, out var options) ? options : new ConsumerOptions { Name = name, Kind = ConsumerKind.Stack };

    private ConsumerInstance Make(string group, int number, int instances, CpuPlacement? placement, int ahead)
    {
        var options = OptionsOf(group);
        var context = new HandlerContext(group, number, instances, options.Options);
        return new ConsumerInstance
        {
            Options = options,
            Id = new InstanceId(node?.Name ?? "", number),
            Context = context,
            Door = _doors[group],
            Make = _makers.TryGetValue(group, out var make) ? make : factory.For(options, context),
            Account = _groups[group].Account,
            Copies = _groups[group].Copies,
            Releaser = _groups[group].Releaser,
            Dispatcher = placement?.DeliveryThreadOf(_all.Length + ahead) is { } thread
                ? DispatcherIds.DeliveryOf(thread)
                : DispatcherIds.Delivery,
        };
    }
}

/// <summary>The instances that join and leave as a group changes.</summary>
internal sealed record GroupChange(IReadOnlyList<ConsumerInstance> Joining, IReadOnlyList<ConsumerInstance> Leaving)
{
    public bool IsNone => Joining.Count == 0 && Leaving.Count == 0;
}
