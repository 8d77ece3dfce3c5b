using Xunit;

namespace Pipeline.Cluster.Tests;

public sealed class TwoClustersSpecs : OnNodes
{
    [Fact]
    public async Task Of_two_clusters_that_find_each_other_the_one_with_the_higher_address_ends_and_joins_the_other()
    {
        // Each is the first seed of its own list, and the second to start asks nobody else, so each begins a cluster.
        Nodes.Change = (number, options) => options with { Seeds = number == 1 ? [Nodes.At(1)] : [Nodes.At(2), Nodes.At(1)] };
        Nodes.Start(2);
        await Nodes.UntilUp(2, "n2");
        Nodes.Start(1);
        await Nodes.UntilUp(1, "n1");

        await Nodes.UntilUp(1, "n1", "n2");
        await Nodes.UntilUp(2, "n1", "n2");

        Assert.Equal((0, 1), (Nodes[1].View.Restarts, Nodes[2].View.Restarts));
        Assert.Equal($"{Nodes.At(1)} is in another cluster, of 1, and this one has 1", Nodes[2].View.Trouble);
    }
}
