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
        var first = members[0];
        foreach (var other in members.Skip(1))
        {
            if (!Of(other).Seeds.SequenceEqual(Of(first).Seeds)) Differs(other, first, "other seeds, or in another order", "seeds");
            if (Of(other).Tls is null != Of(first).Tls is null) Differs(other, first, "another security", Of(other).Tls is null ? "security" : "tls");
            CompareConsumers(other, first);
        }

        foreach (var seed in Of(first).Seeds.Where(s => members.All(m => !Of(m).Listen.Equals(s))))
            Add(first, Severity.Warning, $"the seed {seed} is none of these nodes", "seeds");
        if (members.Count == 2)
            Add(members[1], Severity.Warning, "of two nodes that lose each other only the one with the lower address goes on; a third, such as a witness, lets the other be outvoted", "name");
        return _found;
    }

    /// <summary>What a consumer is, any node may have to run.</summary>
    private void CompareConsumers(ConfigurationResult other, ConfigurationResult first)
    {
        foreach (var (name, consumer) in other.Readable!.Consumers)
        {
            if (!first.Readable!.Consumers.TryGetValue(name, out var there) || there.Kind == consumer.Kind && there.Handler == consumer.Handler) continue;
            _found.Add(other.Error($"the consumer `{Quoted.Short(name)}` is another at the node {Of(first).Name}; expected the same on all nodes", "pipeline", "consumers", name));
        }
    }

    private void Unique(IReadOnlyList<ConfigurationResult> members, string key, Func<ClusterOptions, string> valueOf)
    {
        foreach (var twice in members.GroupBy(m => valueOf(Of(m))).SelectMany(g => g.Skip(1).Select(m => (Node: m, First: g.First()))))
            Add(twice.Node, Severity.Error, $"`{key}` is {valueOf(Of(twice.Node))}, as in {SourceOf(twice.First)}; expected another on each node", key);
    }

    private void Differs(ConfigurationResult node, ConfigurationResult first, string what, string key) =>
        Add(node, Severity.Error, $"the node has {what} than {SourceOf(first)}; expected the same on all nodes", key);

    private void Add(ConfigurationResult node, Severity severity, string message, string key) =>
        _found.Add(node.Error(message, "pipeline", "cluster", key) with { Severity = severity });

    private static string SourceOf(ConfigurationResult node) => node.Find("pipeline", "cluster") is { } place ? place.Source.Name : Of(node).Name;

    private static ClusterOptions Of(ConfigurationResult node) => node.Readable!.Cluster!;
}
