using System.Diagnostics;
using System.Globalization;
using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Demo;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Host.Tests.Browser;

/// <summary>
/// Several tabs stay open for a while: two for a moment, and in the long tests four for ten minutes. Their memory and that of the server stay
/// as they are, all show what the server counts, and the server stops in spite of them.
/// </summary>
[Collection(Chromium.Name)]
public sealed class ManyTabsTests(Chromium chromium, ITestOutputHelper output)
{
    private const double Mebibyte = 1 << 20;

    private static readonly string[] Shown = ["overview", "rules", "consumers", "paths"];

    [TheoryThatNeeds(Need.Chromium)]
    [InlineData(2, 1)]
    [InlineDataWhenLong(4, 600)]
    public async Task Tabs_that_stay_open_cost_no_more_and_more_memory_and_hold_up_no_end(int tabs, int seconds)
    {
        await using var staged = new StagedRun();
        var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions());
        server.Attach(staged.Run);
        var pages = new List<WatchedPage>();
        for (var i = 0; i < tabs; i++)
        {
            pages.Add(await chromium.Open(server.Url));
            await pages[i].Go(Shown[i]);
        }

        // Five minutes fill the charts, and the pages have the rows that they are going to have.
        var warm = TimeSpan.FromSeconds(seconds * 0.55);
        await pages[0].Page.WaitForTimeoutAsync((float)warm.TotalMilliseconds);
        var before = (Server: Managed(), Page: await HeapOf(pages));
        await pages[0].Page.WaitForTimeoutAsync((float)(TimeSpan.FromSeconds(seconds) - warm).TotalMilliseconds);
        var after = (Server: Managed(), Page: await HeapOf(pages));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"server {before.Server:0.0} to {after.Server:0.0} MiB, pages {before.Page:0.0} to {after.Page:0.0} MiB"));
        Assert.InRange(after.Server - before.Server, double.MinValue, 8);
        Assert.InRange(after.Page - before.Page, double.MinValue, 8 * tabs);

        var clock = Stopwatch.StartNew();
        await server.DisposeAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped in {clock.Elapsed.TotalSeconds:0.00} s"));
        if (seconds > 1) Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3);
        foreach (var page in pages)
        {
            await Microsoft.Playwright.Assertions.Expect(page.Headline).ToContainTextAsync("The server has stopped.");
            await page.DisposeAsync();
        }
    }

    private static double Managed() => GC.GetTotalMemory(forceFullCollection: true) / Mebibyte;

    /// <summary>What scripts of all pages hold, after what is garbage is gone.</summary>
    private static async Task<double> HeapOf(IEnumerable<WatchedPage> pages)
    {
        var all = 0.0;
        foreach (var page in pages)
        {
            var session = await page.Page.Context.NewCDPSessionAsync(page.Page);
            await session.SendAsync("HeapProfiler.collectGarbage");
            all += (await session.SendAsync("Runtime.getHeapUsage"))!.Value.GetProperty("usedSize").GetDouble() / Mebibyte;
            await session.DetachAsync();
        }

        return all;
    }
}
