using Akka.Actor;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices;
using Xunit;

namespace Pipeline.Cluster.Tests;

public sealed class RunInAClusterSpecs
{
    [Fact]
    public async Task A_run_that_cannot_start_leaves_the_cluster_again()
    {
        await using var nodes = new Nodes();
        using var mayStop = new ManualResetEventSlim();
        var system = ActorSystem.Create("host", "akka { loglevel = OFF, stdout-loglevel = OFF }");
        system.ActorOf(Props.Create(() => new Slow(mayStop)));
        _ = system.Terminate();
        var options = new PipelineOptions
        {
            Cluster = new ClusterOptions { Name = "n1", Roles = [ClusterRole.Consumer], Listen = nodes.At(1), Seeds = [nodes.At(1)] },
        };

        // The system ends and has not ended, so nothing can be started in it any more, which is found out last.
        Assert.Throws<InvalidOperationException>(() => PipelineRun.Start(new PipelineSetup { Options = options, Nic = new NoSource() }, system));

        await Nodes.UntilNobodyListens(nodes.At(1));
        mayStop.Set();
        await system.WhenTerminated;
    }

    private sealed class Slow(ManualResetEventSlim mayStop) : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);

        protected override void PostStop() => mayStop.Wait(TimeSpan.FromMinutes(1));
    }
}
