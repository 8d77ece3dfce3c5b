using System.Diagnostics;
using Pipeline.Actors.Cluster;
using Xunit;

namespace Pipeline.Cluster.Tests;

[Collection(Alone.Name)]
public sealed class FailedStartSpecs : OnNodes
{
    [Fact]
    public void A_start_that_fails_leaves_no_threads()
    {
        Nodes.Start(1);
        Assert.Throws<ClusterException>(() => Nodes.Start(1));
        var before = Threads();

        for (var tries = 0; tries < 10; tries++) Assert.Throws<ClusterException>(() => Nodes.Start(1));

        // Each had ten of its own. The pool's come and go.
        Assert.InRange(Threads() - before, -before, 30);

        static int Threads()
        {
            using var self = Process.GetCurrentProcess();
            return self.Threads.Count;
        }
    }
}
