using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Checking;

/// <summary>Compares the configurations of several nodes, which have to be those of one cluster.</summary>
internal sealed class NodesCheck(IReadOnlyList<ConfigurationResult> nodes)
{
    private readonly List<Diagnostic> _found = [];

    /// <returns>Errors and warnings; none where fewer than two of the configurations are of nodes.</returns>
    public IReadOnlyList<Diagnostic> Run()
    {
        var members = nodes.Where(n => n.Readable?.Cluster is not null).ToList();
        if (members.Count < 2) return [];
        Unique(members, "name", c => c.Name);
        Unique(members, "listen", c => c.Listen.ToString());
        Unique(members, "data", c => c.DataAt.ToString());
        SamePorts(members);
        Compare(members, ["seeds"], (node, other) => node.Seeds.SequenceEqual(other.Seeds), "other seeds, or in another order");
        Compare(members, ["security", "tls"], (node, other) => node.Tls is null == other.Tls is null, "another security");
        CompareConsumers(members);
        Places(members);
        if (members.All(m => IsRead(m, "listen")) && members.Find(m => IsRead(m, "seeds")) is { } first)
        {
            foreach (var seed in Of(first).Seeds.Where(s => members.All(m => !Of(m).Listen.Equals(s))))
                Add(first, Severity.Warning, $"the seed {seed} is none of these nodes", "seeds");
        }

        if (members.Count == 2)
            Add(members[1], Severity.Warning, "of two nodes that lose each other only the one with the lower address goes on; a third, such as a witness, lets the other be outvoted", "name");
        return _found;
    }

    /// <summary>What a consumer is, any node may have to run. The first node that has it says what it is.</summary>
    private void CompareConsumers(List<ConfigurationResult> members)
    {
        Dictionary<string, (ConfigurationResult Node, ConsumerOptions Consumer)> firsts = [];
        foreach (var (node, name, consumer) in members.SelectMany(m => m.Readable!.Consumers.Select(c => (m, c.Key, c.Value))))
        {
            if (firsts.TryAdd(name, (node, consumer))) continue;
            var (first, there) = firsts[name];
            if (there.Kind == consumer.Kind && there.Handler == consumer.Handler && there.On.SequenceEqual(consumer.On)) continue;
            _found.Add(node.Error($"the consumer `{Quoted.Short(name)}` is another at the node {Of(first).Name}; expected the same on all nodes", "pipeline", "consumers", name));
        }
    }

    /// <summary>Where consumers are to run must be nodes that run consumers. The first file that has one is told.</summary>
    private void Places(List<ConfigurationResult> members)
    {
        foreach (var (node, consumer) in members.SelectMany(m => m.Readable!.Consumers.Values.Select(c => (m, c))).DistinctBy(c => c.c.Name))
        {
            foreach (var choice in consumer.On.Where(choice => !members.Exists(m => choice.Means(Of(m)) && Of(m).Is(ClusterRole.Consumer))))
            {
                var message = $"the consumer `{Quoted.Short(consumer.Name)}` is to run on {Quoted.Short(choice.ToString())}, which is none of these nodes with the role consumer";
                _found.Add(node.Error(message, "pipeline", "consumers", consumer.Name, "on") with { Severity = Severity.Warning });
            }
        }
    }

    /// <summary>A node that takes packets away from a wire keeps the cluster's own out by their ports.</summary>
    private void SamePorts(List<ConfigurationResult> members)
    {
        foreach (var other in members.Skip(1).Where(m => Of(m).DataAt.Port != Of(members[0]).DataAt.Port && IsRead(m, "listen") && IsRead(members[0], "listen")))
        {
            Add(
                other, Severity.Warning,
                $"packets come at port {Of(other).DataAt.Port}, and at {Of(members[0]).DataAt.Port} in {SourceOf(members[0])}; with one port on all nodes, each keeps the links of the others out of its rules",
                IsRead(other, "data") ? "data" : "listen");
        }
    }

    /// <param name="keys">One of them says it.</param>
    private void Compare(List<ConfigurationResult> members, string[] keys, Func<ClusterOptions, ClusterOptions, bool> isSame, string what)
    {
        var read = members.Where(m => keys.Any(k => IsRead(m, k))).ToList();
        foreach (var node in read.Skip(1).Where(n => !isSame(Of(n), Of(read[0]))))
        {
            var message = $"the node has {what} than {SourceOf(read[0])}; expected the same on all nodes";
            Add(node, Severity.Error, message, keys.First(k => IsRead(node, k)));
        }
    }

    /// <summary>What is absent, or cannot be read, is an error by itself, and nothing to compare.</summary>
    private static bool IsRead(ConfigurationResult node, string key) =>
        node.Find("pipeline", "cluster", key) is { } value
        && !node.Diagnostics.Any(d => d.Severity == Severity.Error && d.Source == value.Source && d.Span.Start >= value.Span.Start && d.Span.End <= value.Span.End);

    private void Unique(IReadOnlyList<ConfigurationResult> members, string key, Func<ClusterOptions, string> valueOf)
    {
        foreach (var twice in members.Where(m => IsRead(m, key)).GroupBy(m => valueOf(Of(m))).SelectMany(g => g.Skip(1).Select(m => (Node: m, First: g.First()))))
            Add(twice.Node, Severity.Error, $"`{key}` is {valueOf(Of(twice.Node))}, as in {SourceOf(twice.First)}; expected another on each node", key);
    }

    private void Add(ConfigurationResult node, Severity severity, string message, string key) =>
        _found.Add(node.Error(message, "pipeline", "cluster", key) with { Severity = severity });

    private static string SourceOf(ConfigurationResult node) => node.Find("pipeline", "cluster") is { } place ? place.Source.Name : Of(node).Name;

    private static ClusterOptions Of(ConfigurationResult node) => node.Readable!.Cluster!;
}
