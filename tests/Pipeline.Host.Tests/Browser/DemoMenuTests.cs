using System.Net;
using Microsoft.Playwright;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Demo;
using Pipeline.Host.Tests.Server;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>The menu of a demo, with the run behind it as the oracle.</summary>
[Collection(Chromium.Name)]
public sealed class DemoMenuTests(Chromium chromium)
{
    [FactThatNeeds(Need.Chromium)]
    public async Task What_is_ordered_in_the_menu_happens_and_the_page_shows_it()
    {
        await using var staged = new StagedRun();
        await using var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions());
        server.Attach(staged.Run, staged.Play);
        await using var page = await chromium.Open(server.Url);
        await page.Go("consumers");

        await page.Page.Locator(".menu summary").ClickAsync();
        await Assertions.Expect(page.Page.Locator(".menu button")).ToHaveCountAsync(6);
        Assert.Empty(await page.Barriers());
        await page.Picture("demo-menu");
        await page.Button("Put in a broken rule").ClickAsync();
        await Assertions.Expect(page.Page.Locator("#said")).ToContainTextAsync("error: value '10800' does not fit mask 'ffff'; generation 1 stays in force");

        await page.Page.Locator(".menu summary").ClickAsync();
        await page.Button("Crash a consumer").ClickAsync();
        await Assertions.Expect(page.Row("Instances", "flows-0")).ToContainTextAsync("told to crash");
        await page.Go("consumers/flows");
        await page.Button("Report").ClickAsync();
        await Assertions.Expect(page.Row("Report of flows", "443").First).ToBeVisibleAsync();
        await page.Picture("flows-report");
        await page.Go("events");
        await Assertions.Expect(page.Row("Events", "crash, by http")).ToHaveCountAsync(1);

        Assert.Contains(staged.Run.View().Consumers, c => c.Restarts == 1);
        Assert.Empty(page.Troubles);
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task Where_it_is_no_demo_there_is_no_menu()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);

        await page.Go("events");

        await Assertions.Expect(page.Page.Locator(".menu")).ToHaveCountAsync(0);
        Assert.Empty(page.Troubles);
    }
}
