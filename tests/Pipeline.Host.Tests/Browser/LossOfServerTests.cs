using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pipeline.Host.Tests.EndToEnd;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>A page says within seconds that its server does not answer, and goes on by itself when that is back.</summary>
public sealed partial class LossOfServerTests(Chromium chromium) : IClassFixture<Chromium>
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

    [GeneratedRegex(@"^No figures for [0-9.]+ s: the server does not answer\. These figures are from \d\d:\d\d:\d\d\.$")]
    private static partial Regex NoFigures();
}
