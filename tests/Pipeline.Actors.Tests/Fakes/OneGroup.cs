using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>A whole pipeline with one group that gets and loses instances under load. The packets carry flow and number.</summary>
public abstract class OneGroup
{
    protected const string Group = "group";

    private protected static readonly RouteOptions Waiting = new() { To = Group, Overload = Overload.Wait, Share = 1 };

    private protected static PipelineSetup Setup(FakeNic nic, RouteOptions route, Func<IPacketConsumer> make, Func<IPacketConsumer>? rest = null) =>
        Runs.Setup(nic, [route, new RouteOptions { To = "rest", Overload = Overload.DropNew }], (Group, make), ("rest", rest ?? (() => new CountConsumer())));

    private protected static IReadOnlyList<ConsumerInstanceView> Instances(PipelineRun run) => run.View().Consumers.Single(c => c.Name == Group).Instances;

    private protected static long Received(PipelineRun run) => run.View().Ledger.Received.Packets;
}
