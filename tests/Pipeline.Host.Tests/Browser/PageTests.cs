using Microsoft.Playwright;
using Pipeline.Host.Tests.Server;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>Every page, for everybody: it asks nobody else for anything, nothing goes wrong in it, and it fits on any screen.</summary>
[Collection(Chromium.Name)]
public sealed class PageTests(Chromium chromium)
{
    private static readonly string[] Pages = ["overview", "rules", "queues", "consumers", "actors", "cluster", "captures", "paths", "events"];
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1";

    [TheoryThatNeeds(Need.Chromium)]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_page_can_be_used_by_everybody_and_fits_on_any_screen(ColorScheme theme)
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url, theme);
        foreach (var name in IsLong || theme == ColorScheme.Light ? Pages : Pages[..2])
        {
            await page.Go(name);
            Assert.Empty(await page.Barriers());
            foreach (var width in Widths(name))
            {
                await page.Page.SetViewportSizeAsync(width, 900);
                await page.Fits($"{name} at {width} pixels");
                await page.Picture($"{name}-{width}-{theme}".ToLowerInvariant());
            }
        }

        Assert.Empty(page.Troubles);
    }

    /// <summary>Painting takes its time without a graphics card, so most combinations are for the long tests.</summary>
    private static int[] Widths(string name) => IsLong ? [360, 2560, 1200] : name is "overview" or "rules" ? [360, 1200] : [360];

    [FactThatNeeds(Need.Chromium)]
    public async Task The_overview_says_what_the_server_counts()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);
        await page.Go("overview");

        await Assertions.Expect(page.Page.Locator("#ledger")).ToHaveTextAsync(
            $"received {ServedRun.Packets} = delivered 25 + passed 75 + dropped 0 + in flight 0 ✓ balanced");
        var topology = await served.Json("/api/v1/topology");
        var parts = topology.GetProperty("nodes").EnumerateArray().Select(n => $"{n.GetProperty("kind")} {n.GetProperty("name")}: {n.GetProperty("packets")} packets, nothing lost. {n.GetProperty("detail")}").ToList();
        await Assertions.Expect(page.Page.Locator("svg.graph a.node title")).ToHaveTextAsync(parts);

        var metrics = await served.Client.GetStringAsync("/metrics");
        Assert.Contains($"pipeline_received_packets_total{{queue=\"pcap:0\"}} {ServedRun.Packets}\n", metrics);
        Assert.Contains("pipeline_delivered_packets_total{consumer=\"dns\"} 25\n", metrics);

        await page.Page.GetByText("The same as a table").ClickAsync();
        await Assertions.Expect(page.Row("Parts", "consumer").Filter(new() { HasText = "dns" })).ToContainTextAsync("25");
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task Keys_lead_everywhere_and_leave_text_alone()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);
        await page.Go("overview");

        await page.Page.Keyboard.PressAsync("3");
        await Assertions.Expect(page.Page.Locator("main h2.title")).ToHaveTextAsync("Rules");
        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("dns1p?");
        await Assertions.Expect(page.Page.Locator("main input[type=search]").First).ToHaveValueAsync("dns1p?");
        await page.Page.GetByText("nothing matches the filter").First.WaitForAsync();
        await page.Page.Locator("h1").ClickAsync();
        await page.Page.Keyboard.PressAsync("p");
        await Assertions.Expect(page.Page.Locator("#freshness")).ToContainTextAsync("View paused");
        await page.Page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Page.Locator("#help")).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Page.Locator("#help")).ToBeHiddenAsync();
        await page.Page.GoBackAsync();
        await Assertions.Expect(page.Page.Locator("main h2.title")).ToHaveTextAsync("Overview");
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task The_address_of_an_actor_leads_to_it()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);
        await page.Go("actors");

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "dns-0" }).ClickAsync();

        await Assertions.Expect(page.Page.Locator("tr[aria-current=true]")).ToContainTextAsync("dns-0");
        Assert.EndsWith("#/actors/pipeline%20%2Fuser%2Fpipeline%2Fdns-0", page.Page.Url);
        Assert.Empty(page.Troubles);
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task A_table_sorts_by_any_column_and_tells_a_screen_reader_so()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);
        await page.Go("rules");
        var names = page.Page.GetByRole(AriaRole.Table, new() { Name = "Rules", Exact = true }).Locator("tbody tr td:nth-child(2)");

        await page.Button("packets").First.ClickAsync();
        await Assertions.Expect(names).ToHaveTextAsync(["udp", "dns", "no rule"]);
        await Assertions.Expect(page.Page.Locator("th[aria-sort=descending]")).ToHaveTextAsync("packets");
        await page.Button("packets").First.ClickAsync();
        await Assertions.Expect(names).ToHaveTextAsync(["no rule", "dns", "udp"]);
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task A_token_is_asked_for_where_one_is_needed()
    {
        await using var served = await ServedRun.Start(new() { ReadToken = "secret" });
        await using var page = await chromium.Open(served.Url);

        await Assertions.Expect(page.Headline).ToHaveTextAsync("A token is needed to see this pipeline.");
        await page.Page.GetByLabel("Token").FillAsync("secret");
        await page.Button("Show").ClickAsync();

        await Assertions.Expect(page.Page.Locator("#ledger")).ToContainTextAsync("✓ balanced");
    }
}
