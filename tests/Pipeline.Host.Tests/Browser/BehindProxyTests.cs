using Microsoft.Playwright;
using Pipeline.Host.Tests.Server;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>A page below a path, for others to look at: it asks for nothing beside that path, and offers nothing that would be refused.</summary>
[Collection(Chromium.Name)]
public sealed class BehindProxyTests(Chromium chromium)
{
    [FactThatNeeds(Need.Chromium)]
    public async Task A_page_that_only_shows_is_whole_below_its_path_and_says_why_its_buttons_are_out_of_use()
    {
        await using var served = await ServedRun.Start(new() { BasePath = "/lab/n1", ReadOnly = true });
        // Whatever it asks for elsewhere is a trouble of the page.
        await using var page = await chromium.Open(served.Url + "/");
        await Assertions.Expect(page.Page.Locator("#ledger")).ToContainTextAsync("✓ balanced");
        await Assertions.Expect(page.Page.Locator("#read-only")).ToHaveTextAsync("read-only");

        await page.Go("consumers");
        await Out(page.Row("Consumers", "dns").GetByRole(AriaRole.Button, new() { Name = "pause" }));
        await page.Go("captures");
        await Out(page.Button("Start"));
        await page.Go("rules");
        await Assertions.Expect(page.Page.Locator("#rules-text")).ToHaveValueAsync(ServedRun.Rules);
        await page.Page.Locator("#rules-text").FillAsync(ServedRun.Rules + "rule more match 12:ffff:86dd mark 0x30\n");
        await Assertions.Expect(page.Page.Locator(".editor [role=status]")).ToHaveTextAsync("No error. It adds more; keeps 2.");
        await Out(page.Button("Put in force"));
        await page.Picture("read-only");

        foreach (var other in new[] { "queues", "actors", "cluster", "events" }) await page.Go(other);
        Assert.Empty(await page.Barriers());
        Assert.Empty(page.Troubles);
    }

    private static async Task Out(ILocator button)
    {
        await Assertions.Expect(button).ToBeDisabledAsync();
        await Assertions.Expect(button).ToHaveAttributeAsync("title", "The server was started with --read-only: it shows the pipeline, and refuses every change and every capture.");
    }
}
