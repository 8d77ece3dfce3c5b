using Xunit;

namespace Pipeline.Cluster.Tests;

public sealed class GivenUpSpecs : OnNodes
{
    [Fact]
    public async Task Who_is_given_up_begins_anew_and_is_let_in_again()
    {
        Nodes.Start(1);
        Nodes.Start(2);
        await Nodes.UntilUp(1, "n1", "n2");
        await Nodes.UntilUp(2, "n1", "n2");
        var before = Nodes[1].View.Members[1].Uid;

        Assert.Null(Nodes[1].Down(Nodes.At(2).ToString()));

        await Nodes.Until(2, v => v.Restarts > 0);
        await Nodes.UntilUp(2, "n1", "n2");
        await Nodes.UntilUp(1, "n1", "n2");
        Assert.NotEqual(before, Nodes[1].View.Members[1].Uid);
        Assert.Contains("gave it up", Nodes[2].View.Trouble, StringComparison.Ordinal);
    }
}
