using Microsoft.Playwright;
using Pipeline.Host.Tests.Server;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>A capture is started, watched, downloaded and forgotten in the page, and what is downloaded is a capture.</summary>
[Collection(Chromium.Name)]
public sealed class CapturesPageTests(Chromium chromium)
{
    [FactThatNeeds(Need.Chromium)]
    public async Task A_capture_is_started_with_limits_downloaded_and_is_gone_then()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);
        await page.Go("captures");
        await page.Page.GetByText("No capture. Start one below").WaitForAsync();

        await page.Page.GetByLabel("of packets").SelectOptionAsync("rule:dns");
        await page.Page.GetByLabel("at most").FillAsync("5");
        await page.Button("Start").ClickAsync();

        var row = page.Row("Captures", "rule:dns");
        await Assertions.Expect(row).ToContainTextAsync("running");
        var download = page.Page.WaitForDownloadAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "download" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("running");
        await served.Client.DeleteAsync("/api/v1/captures/" + (await row.GetByRole(AriaRole.Cell).First.TextContentAsync()));

        var file = await (await download).PathAsync();
        Assert.Equal(0x0A0D0D0A, BitConverter.ToInt32(await File.ReadAllBytesAsync(file)));
        await Assertions.Expect(row).ToHaveCountAsync(0);
        Assert.Empty(page.Troubles);
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task A_filter_that_is_wrong_is_refused_in_words()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);
        await page.Go("captures");

        await page.Page.GetByLabel("that match").FillAsync("tcp prt 80");
        await page.Button("Start").ClickAsync();

        await Assertions.Expect(page.Page.Locator("#said")).ToContainTextAsync("Refused: filter: ");
        Assert.Equal(0, (await served.Json("/api/v1/captures")).GetProperty("captures").GetArrayLength());
    }
}
