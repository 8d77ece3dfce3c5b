using System.Net;
using Microsoft.Playwright;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Running;
using Pipeline.Host.Server;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

[Collection(Chromium.Name)]
public sealed class BreakerTests(Chromium chromium)
{
    /// <summary>The consumer is paused, so that its route opens.</summary>
    [FactThatNeeds(Need.Chromium)]
    public async Task A_route_that_is_open_is_seen_and_closed_by_its_button()
    {
        await using var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions(), null);
        await using var run = PipelineRun.Start(Setup());
        server.Attach(new Run(run));
        await run.PauseConsumer("inspect");
        await using var page = await chromium.Open(server.Url);
        await page.Go("consumers");
        var row = page.Row("Consumers", "inspect");
        await Assertions.Expect(row).ToContainTextAsync("1 paused, its route is open");
        await run.ResumeConsumer("inspect");

        await row.GetByRole(AriaRole.Button, new() { Name = "close breaker" }).ClickAsync();

        await Assertions.Expect(page.Page.Locator("#said")).ToHaveTextAsync("inspect: gets its packets again");
        await Assertions.Expect(row).Not.ToContainTextAsync("open");
        await Assertions.Expect(row.GetByRole(AriaRole.Button, new() { Name = "close breaker" })).ToBeHiddenAsync();
        Assert.Contains(run.Events.Read(), e => e.Kind == PipelineEventKind.RouteClosed && e.Who is not null);
        await page.Go("rules");
        await Assertions.Expect(page.Row("Routes", "inspect")).ToContainTextAsync("closed, was open 1×");
        Assert.Empty(page.Troubles);
    }

    private static PipelineSetup Setup()
    {
        var sim = new SimulatedOptions { FreeRunning = true, Rate = 20_000, Queues = 1, Ring = 256, Pages = 512 };
        return new PipelineSetup
        {
            Nic = SimulatedNic.Open(sim),
            Rules = RuleSet.Empty,
            Options = new PipelineOptions
            {
                Source = new SourceOptions { Sim = sim },
                Routes = [new RouteOptions { To = "inspect", Overload = Overload.DropNew, Breaker = new BreakerOptions { For = TimeSpan.FromMilliseconds(500) } }],
                Consumers = new Dictionary<string, ConsumerOptions> { ["inspect"] = new() { Name = "inspect", Kind = ConsumerKind.Bypass, Handler = "count" } },
            },
        };
    }
}
