using System.Net;
using Microsoft.Playwright;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Demo;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>Rules are tried on traffic, packets are explained and counted by their paths, and the pipeline behind the page stays as it is.</summary>
[Collection(Chromium.Name)]
public sealed class TrialPageTests(Chromium chromium)
{
    private const string Others = "rule ip match 12:ffff:0800 mark 0x30\n";

    [FactThatNeeds(Need.Chromium)]
    public async Task Rules_are_tried_and_put_in_shadow_and_packets_are_explained()
    {
        await using var staged = new StagedRun();
        await using var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions());
        server.Attach(staged.Run);
        await using var page = await chromium.Open(server.Url);
        await page.Go("rules");
        await Assertions.Expect(page.Page.Locator("#rules-text")).ToHaveValueAsync("rule ip match 12:ffff:0800 mark 0x20\n");
        await page.Page.Locator("#rules-text").FillAsync(Others);

        await page.Button("Dry run for a second").ClickAsync();
        await Assertions.Expect(page.Row("What would change", "0x30")).ToContainTextAsync("flows");
        await Assertions.Expect(page.Row("What would change", "0x30")).ToContainTextAsync("stack");
        await page.Button("Put in shadow").ClickAsync();
        await Assertions.Expect(page.Page.GetByText("put in shadow by http 127.0.0.1")).ToBeVisibleAsync();
        Assert.NotNull(staged.Run.Trials.Shadow());
        await page.Picture("rules-in-shadow");
        await page.Button("Take out of shadow").ClickAsync();
        await Assertions.Expect(page.Button("Take out of shadow")).ToBeHiddenAsync();
        Assert.Null(staged.Run.Trials.Shadow());

        await page.Page.Locator("#packet-text").FillAsync("0000  00 00 5e 00 53 01 00 00 5e 00 53 02 08 00 45 00   ..^.S...^.S...E.");
        await page.Button("Explain").ClickAsync();
        await Assertions.Expect(page.Page.GetByLabel("What the rules do to it")).ToContainTextAsync("mark 0x20, by generation 1\nto flows");
        Assert.Empty(await page.Barriers());
        Assert.Equal(1, staged.Run.View().Generation);

        await page.Go("paths");
        await Assertions.Expect(page.Row("Paths", "0x20")).ToContainTextAsync("sent");
        await Assertions.Expect(page.Row("Paths", "no rule")).ToContainTextAsync("passed");
        Assert.Empty(await page.Barriers());
        await page.Picture("paths");
        Assert.Empty(page.Troubles);
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task A_page_that_is_left_while_an_answer_is_on_its_way_asks_for_nothing_more()
    {
        await using var staged = new StagedRun();
        await using var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions());
        server.Attach(staged.Run);
        await using var page = await chromium.Open(server.Url);
        var (asked, first, mayAnswer) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        await page.Page.RouteAsync("**/api/v1/rules/shadow", async route =>
        {
            if (Interlocked.Increment(ref asked) == 1) first.SetResult();
            await mayAnswer.Task;
            await route.ContinueAsync();
        });
        await page.Page.Clock.InstallAsync();
        await page.Go("rules");
        await first.Task;

        await page.Go("overview");
        var answer = page.Page.WaitForResponseAsync("**/api/v1/rules/shadow");
        mayAnswer.SetResult();
        await (await answer).FinishedAsync();
        await page.Page.EvaluateAsync("() => fetch('api/v1/openapi.json').then(answer => answer.text())");
        await page.Page.Clock.RunForAsync(10_000);

        Assert.Equal(1, asked);
        await page.Page.EvaluateAsync("() => { location.hash = '#/consumers/100%'; }");
        await Assertions.Expect(page.Page.Locator("main h2.title")).ToHaveTextAsync("Consumers");
        Assert.Empty(page.Troubles);
    }
}
