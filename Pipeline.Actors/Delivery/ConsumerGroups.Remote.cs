using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Links;
using Pipeline.Actors.Routing;

namespace Pipeline.Actors.Delivery;

/// <summary>Groups whose instances run on several nodes. For the root alone.</summary>
internal sealed partial class ConsumerGroups
{
    private readonly Dictionary<string, IReadOnlyList<RemoteInstance>> _remotes = [];
    private readonly Dictionary<string, Vacancy> _vacancies = [];

    /// <summary>The groups that run on the nodes that they name, and that packets of this node go to.</summary>
    public IEnumerable<string> Spread => _groups.Keys.Where(name => OptionsOf(name).On.Count > 0);

    /// <summary>The groups that this node runs for others too, whether or not a route leads there.</summary>
    public IEnumerable<string> ForOthers => declared.Values.Where(c => c.IsFor(node)).Select(c => c.Name);

    /// <summary>Whether an offer of another node is one of these groups, and of the same kind.</summary>
    public bool Fits(InstanceOffer offer) =>
        _groups.ContainsKey(offer.Group) && OptionsOf(offer.Group) is { On.Count: > 0 } options && KindOf(options.Kind) == offer.Kind;

    /// <summary>
    /// Why a group cannot have so few instances on this node; null when it can. Other nodes send to them until they hear of it, and nobody
    /// knows here when the last packet has come.
    /// </summary>
    public string? WhyNotFewer(string name, int instances) => OptionsOf(name).IsFor(node) && instances < MembersOf(name).Count
        ? $"other nodes send packets to the {MembersOf(name).Count} instances of {name} here; fewer come with `instances`, when the node is started again"
        : null;

    /// <summary>Whether nobody anywhere takes what is sent to a group.</summary>
    public bool IsVacant(string name) => _groups[name].Instances is [Vacancy];

    /// <summary>A group's instances on other nodes, as routers know them.</summary>
    public IReadOnlyList<RemoteInstance> RemotesOf(string name) => _remotes.GetValueOrDefault(name, []);

    /// <summary>Gives a group other instances on other nodes. Those beyond the most that a group can have are left out.</summary>
    /// <returns>Whether routers have to know.</returns>
    public bool SetRemotes(string name, IReadOnlyList<RemoteInstance> instances)
    {
        var before = _groups[name].Instances;
        foreach (var _ in RemotesOf(name).Except(instances)) _doors[name]?.Change(serves: false);
        foreach (var _ in instances.Except(RemotesOf(name))) _doors[name]?.Change(serves: true);
        _remotes[name] = instances;
        Compose(name);
        return !before.SequenceEqual(_groups[name].Instances);
    }

    /// <summary>The instances that this node runs for others.</summary>
    public IEnumerable<InstanceOffer> Offers()
    {
        var all = All;
        for (var place = 0; place < Math.Min(all.Count, ReceivedBundles.Most); place++)
        {
            var instance = all[place];
            if (!instance.Options.IsFor(node) || !MembersOf(instance.Group).Contains(instance)) continue;
            yield return new InstanceOffer
            {
                Group = instance.Group,
                Number = instance.Id.Number,
                Lane = ReceivedBundles.LaneOf(place),
                Kind = KindOf(instance.Options.Kind),
                BytesOfPacket = instance.Options.BytesOfPacket,
                Weight = instance.Options.Weight,
            };
        }
    }

    /// <summary>How many instances of a group this node begins with.</summary>
    private int InstancesHere(string name) =>
        OptionsOf(name) is var options && (options.On.Count == 0 || options.IsFor(node)) ? options.Instances : 0;

    private void Compose(string name)
    {
        var here = MembersOf(name);
        IEnumerable<IBundleTarget> all = OptionsOf(name).PrefersLocal && here.Count > 0 ? here : [.. here, .. RemotesOf(name)];
        IBundleTarget[] instances = [.. all.OrderBy(i => i.Id).Take(ConsumerOptions.MostInstances)];
        if (instances.Length == 0 && OptionsOf(name).On.Count > 0) instances = [VacancyOf(name)];
        _groups[name] = _groups[name] with { Instances = instances };
    }

    private Vacancy VacancyOf(string name) => _vacancies.TryGetValue(name, out var vacancy) ? vacancy : _vacancies[name] = new Vacancy();

    private static InstanceKind KindOf(ConsumerKind kind) => kind switch
    {
        ConsumerKind.Bypass => InstanceKind.Bypass,
        ConsumerKind.AfPacket => InstanceKind.AfPacket,
        _ => InstanceKind.Stack,
    };
}
