using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Demo;
using Pipeline.Host.Running;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Tests.Demo;

/// <summary>A run like the demo's, slower, on which acts are performed.</summary>
internal sealed class StagedRun : IAsyncDisposable
{
    public StagedRun()
    {
        var sim = new SimulatedOptions { FreeRunning = true, Rate = 20_000, Queues = 2, Ring = 1024, Pages = 2048, Profile = TrafficProfile.Mixed, Flows = 64 };
        Run = new Run(PipelineRun.Start(Play.Dress(new PipelineSetup
        {
            Nic = SimulatedNic.Open(sim),
            Rules = RuleParser.Parse(new SourceText("demo.rules", "rule ip match 12:ffff:0800 mark 0x20\n"), out _)!,
            Options = new PipelineOptions
            {
                Source = new SourceOptions { Sim = sim },
                Routes = [new RouteOptions { Mark = 0x20, MarkMask = uint.MaxValue, To = "flows" }],
                Consumers = new Dictionary<string, ConsumerOptions> { ["flows"] = new() { Name = "flows", Kind = ConsumerKind.Bypass, Handler = "flows" } },
            },
        })));
    }

    public DemoPlay Play { get; } = new(tellsStory: false);

    public Run Run { get; }

    public async ValueTask DisposeAsync()
    {
        await Run.DisposeAsync();
        Play.Dispose();
    }
}
