using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pipeline.Host.Tests.EndToEnd;
using Pipeline.Host.Tests.Server;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>A page says within seconds that its server does not answer, and goes on by itself when that is back.</summary>
[Collection(Chromium.Name)]
public sealed partial class LossOfServerTests(Chromium chromium)
{
    private const float Within = 4_000;

    [FactThatNeeds(Need.Chromium)]
    public async Task A_server_that_stands_still_or_is_killed_is_told_in_the_headline()
    {
        using var first = RunningProgram.Start("demo", "--dashboard", "127.0.0.1:0");
        var url = (await first.LineWith("dashboard")).Split(' ')[^1];
        await using var page = await chromium.Open(url);
        await Assertions.Expect(page.Page.Locator("#ledger")).ToContainTextAsync("✓ balanced");

        first.Signal("STOP");
        await Assertions.Expect(page.Headline).ToHaveTextAsync(NoFigures(), new() { Timeout = Within });
        first.Signal("CONT");
        await Assertions.Expect(page.Headline).Not.ToHaveTextAsync(NoFigures(), new() { Timeout = 10_000 });

        await first.Kill();
        await Assertions.Expect(page.Headline).ToHaveTextAsync(NoFigures(), new() { Timeout = Within });
        await Assertions.Expect(page.Page.Locator("main.stale #ledger")).ToContainTextAsync("received");
        await page.Picture("killed");

        using var second = RunningProgram.Start("demo", "--dashboard", new Uri(url).Authority);
        await second.LineWith("dashboard");
        await Assertions.Expect(page.Page.Locator("#freshness")).ToContainTextAsync("updated", new() { Timeout = 20_000 });
        await Assertions.Expect(page.Headline).Not.ToHaveTextAsync(NoFigures());
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task Four_tabs_hold_up_no_stop_and_each_says_that_the_server_has_stopped()
    {
        await using var served = await ServedRun.Start();
        List<WatchedPage> tabs = [];
        for (var i = 0; i < 4; i++) tabs.Add(await chromium.Open(served.Url));
        foreach (var tab in tabs) await Assertions.Expect(tab.Page.Locator("#ledger")).ToContainTextAsync("✓ balanced");

        await served.Stop().AsTask().WaitAsync(ServedRun.Patience);

        foreach (var tab in tabs)
        {
            await Assertions.Expect(tab.Headline).ToHaveTextAsync(StoppedOrSilent());
            await tab.DisposeAsync();
        }
    }

    /// <summary>A page that has heard the goodbye tries again, and then nobody answers.</summary>
    [GeneratedRegex("^(The server has stopped|No figures for )")]
    private static partial Regex StoppedOrSilent();

    [GeneratedRegex(@"^No figures for [0-9.]+ s: the server does not answer\. These figures are from \d\d:\d\d:\d\d\.$")]
    private static partial Regex NoFigures();
}
