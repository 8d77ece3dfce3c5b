using Xunit;

namespace Pipeline.Cluster.Tests;

public sealed class SeedStartedAgainSpecs : OnNodes
{
    [Fact]
    public async Task A_seed_that_is_started_again_gets_back_those_who_went_on_without_any()
    {
        Nodes.Change = (_, options) => options with { Seeds = [Nodes.At(1)] };
        Nodes.Start(1);
        Nodes.Start(2);
        Nodes.Start(3);
        await Nodes.UntilUp(2, "n1", "n2", "n3");
        await Nodes.UntilUp(3, "n1", "n2", "n3");
        await Nodes[1].DisposeAsync();
        await Nodes.UntilUp(2, "n2", "n3");

        Nodes.Start(1);

        await Nodes.UntilUp(1, "n1", "n2", "n3");
        await Nodes.UntilUp(2, "n1", "n2", "n3");
        Assert.Equal($"{Nodes.At(1)} is in another cluster, of 1, and this one has 2 and no seed", Nodes[2].View.Trouble);
    }
}
