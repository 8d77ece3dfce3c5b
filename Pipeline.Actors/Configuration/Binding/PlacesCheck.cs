using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Checks where consumers run against what this node is.</summary>
internal static class PlacesCheck
{
    public static void Check(ClusterOptions? node, IReadOnlyList<BoundConsumer> consumers)
    {
        foreach (var consumer in consumers.Where(c => c.Options is not null))
        {
            if (node is null) WithoutCluster(consumer.Section);
            else if (consumer.Options!.On.Any(c => c.Means(node)) && !node.Is(ClusterRole.Consumer))
            {
                consumer.Section.Error(
                    consumer.Section.PlaceOf("on"),
                    $"`on` has this node, {Quoted.Short(node.Name)}, but it has not the role consumer, which a node needs to run consumers for others");
            }
        }
    }

    private static void WithoutCluster(Section section)
    {
        foreach (var key in (string[])["on", "prefer"])
        {
            if (section.Has(key)) section.Error(section.PlaceOf(key), $"`{key}` says on which nodes a consumer runs, but this configuration has no `cluster`");
        }
    }
}
