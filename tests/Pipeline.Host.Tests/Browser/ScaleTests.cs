using System.Globalization;
using System.Net;
using System.Text.Json;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Running;
using Pipeline.Host.Server;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Host.Tests.Browser;

/// <summary>
/// A page of a large pipeline, five times a second, can be used: the browser's own measurements say how long it was busy at a stretch, and how
/// long a key took to be painted. Only the long tests hold them against a limit, because a busy machine takes its time for everything.
/// </summary>
[Collection(Chromium.Name)]
public sealed class ScaleTests(Chromium chromium, ITestOutputHelper output)
{
    private const int LongestTask = 200, LongestToPaint = 100;

    /// <summary>What the browser measures from here on: tasks of 50 ms and more, and inputs of 16 ms and more.</summary>
    private const string Observe = """
        () => {
          window.measured = { tasks: [], inputs: [] };
          new PerformanceObserver(list => measured.tasks.push(...list.getEntries().map(e => e.duration))).observe({ type: 'longtask' });
          new PerformanceObserver(list => measured.inputs.push(...list.getEntries().map(e => e.duration))).observe({ type: 'event', durationThreshold: 16 });
        }
        """;

    [TheoryThatNeeds(Need.Chromium)]
    [InlineData(4, 10, 2, 1)]
    [InlineDataWhenLong(64, 500, 14, 64)]
    public async Task A_large_pipeline_can_be_watched(int queues, int rules, int consumers, int instances)
    {
        await using var run = new Run(PipelineRun.Start(Setup(queues, rules, consumers, instances)));
        await using var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions());
        server.Attach(run);
        var isHeld = queues > 4;
        await using var page = await chromium.Open(server.Url);
        await page.Page.GotoAsync(server.Url + "/?hz=5");
        foreach (var name in isHeld ? new[] { "overview", "queues", "rules", "consumers", "actors", "paths" } : ["actors"])
        {
            await page.Go(name);
            await page.Page.EvaluateAsync(Observe);
            if (name != "overview") await page.Page.Locator("main input[type=search]").First.PressSequentiallyAsync("sim:1 ", new() { Delay = 150 });
            await page.Page.WaitForTimeoutAsync(isHeld ? 4000 : 500);
            var measured = await page.Page.EvaluateAsync<JsonElement>("() => measured");
            var (task, input) = (Most(measured, "tasks"), Most(measured, "inputs"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: longest task {task:0} ms, longest input to paint {input:0} ms"));
            if (!isHeld) continue;
            Assert.InRange(task, 0, LongestTask);
            Assert.InRange(input, 0, LongestToPaint);
        }

        Assert.Empty(page.Troubles);
    }

    private static double Most(JsonElement measured, string what) => measured.GetProperty(what).EnumerateArray().Select(e => e.GetDouble()).DefaultIfEmpty().Max();

    private static PipelineSetup Setup(int queues, int rules, int consumers, int instances)
    {
        var sim = new SimulatedOptions { FreeRunning = true, Rate = 20_000, Queues = queues, Ring = 1024, Pages = 512, Profile = TrafficProfile.Mixed, Flows = 512 };
        var text = string.Concat(Enumerable.Range(1, rules).Select(i => $"rule r{i} match 12:ffff:0800 36:ffff:{i:x4} mark {i % consumers}\n"));
        return new PipelineSetup
        {
            Nic = SimulatedNic.Open(sim),
            Rules = RuleParser.Parse(new SourceText("large.rules", text), out _)!,
            Options = new PipelineOptions
            {
                Source = new SourceOptions { Sim = sim },
                Routes = [.. Enumerable.Range(1, consumers - 1).Select(i => new RouteOptions { Mark = (uint)i, MarkMask = uint.MaxValue, To = $"c{i}" }), new RouteOptions { To = "c0" }],
                Consumers = Enumerable.Range(0, consumers).Select(i => new ConsumerOptions { Name = $"c{i}", Kind = ConsumerKind.Bypass, Handler = "count", Instances = instances })
                    .ToDictionary(c => c.Name),
            },
        };
    }
}
