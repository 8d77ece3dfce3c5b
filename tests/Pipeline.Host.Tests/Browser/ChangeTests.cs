using Microsoft.Playwright;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Tests.Server;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>Everything that the page changes is changed in the pipeline behind it, and nothing that it refuses is.</summary>
[Collection(Chromium.Name)]
public sealed class ChangeTests(Chromium chromium)
{
    private const string Broken = "rule dns match 36:ffff:0035 mark 0x10\nrule udp match 23:ff:111 mark 0x20\n";

    [FactThatNeeds(Need.Chromium)]
    public async Task Broken_rules_are_shown_where_they_are_broken_and_cannot_be_put_in_force()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);
        await page.Go("rules");
        await Assertions.Expect(page.Page.GetByLabel("Rules", new() { Exact = true }).And(page.Page.Locator("textarea"))).ToHaveValueAsync(ServedRun.Rules);

        await page.Page.Locator("#rules-text").FillAsync(Broken);

        await Assertions.Expect(page.Page.Locator("#rules-found li")).ToContainTextAsync("line 2, column 22 error: value '111' does not fit mask 'ff'");
        await Assertions.Expect(page.Button("Put in force")).ToBeDisabledAsync();
        await page.Button("line 2, column 22").ClickAsync();
        Assert.Equal("111", await page.Page.Locator("#rules-text").EvaluateAsync<string>("text => text.value.slice(text.selectionStart, text.selectionEnd)"));
        Assert.Equal(1, served.Run.View().Generation);
        Assert.Empty(page.Troubles);
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task Rules_are_put_in_force_confirmed_and_taken_back()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);
        await page.Go("rules");
        await Assertions.Expect(page.Page.Locator("#rules-text")).ToHaveValueAsync(ServedRun.Rules);

        await page.Page.Locator("#rules-text").FillAsync(ServedRun.Rules + "rule more match 12:ffff:86dd mark 0x30\n");
        await Assertions.Expect(page.Page.Locator(".editor [role=status]")).ToHaveTextAsync("No error. It adds more; keeps 2.");
        await page.Page.GetByLabel("Confirmation").SelectOptionAsync("300");
        await page.Button("Put in force").ClickAsync();
        await Assertions.Expect(page.Page.Locator("#said")).ToHaveTextAsync("Generation 2 is in force.");
        Assert.Equal(2, served.Run.View().Generation);
        await page.Button("Confirm").ClickAsync();
        await Assertions.Expect(page.Page.Locator(".banner")).ToBeHiddenAsync();
        Assert.Null(served.Run.RuleHistory[^1].ConfirmBy);

        await page.Row("History of rules", "start").GetByRole(AriaRole.Button, new() { Name = "go back to it" }).ClickAsync();
        await page.Button("Go back").ClickAsync();
        await Assertions.Expect(page.Row("History of rules", "in force").First).ToContainTextAsync("the text of 1");

        Assert.Equal(3, served.Run.View().Generation);
        await Assertions.Expect(page.Page.Locator("#rules-text")).ToHaveValueAsync(ServedRun.Rules);
        Assert.Empty(page.Troubles);
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task A_consumer_is_paused_resumed_scaled_and_restarted()
    {
        await using var served = await ServedRun.Start();
        await using var page = await chromium.Open(served.Url);
        await page.Go("consumers");
        var dns = page.Row("Consumers", "dns");

        await dns.GetByRole(AriaRole.Button, new() { Name = "pause" }).ClickAsync();
        await Assertions.Expect(dns).ToContainTextAsync("1 paused");
        Assert.Equal(ConsumerState.Paused, Dns(served).Instances[0].State);
        await dns.GetByRole(AriaRole.Button, new() { Name = "resume" }).ClickAsync();
        await Assertions.Expect(dns).ToContainTextAsync("1 running");

        await dns.GetByLabel("instances").FillAsync("3");
        await dns.GetByRole(AriaRole.Button, new() { Name = "scale" }).ClickAsync();
        await Assertions.Expect(dns).ToContainTextAsync("3 running");
        Assert.Equal(3, Dns(served).Instances.Count);

        await dns.GetByRole(AriaRole.Button, new() { Name = "restart" }).ClickAsync();
        await page.Button("Cancel").ClickAsync();
        Assert.Equal(0, Dns(served).Restarts);
        await dns.GetByRole(AriaRole.Button, new() { Name = "restart" }).ClickAsync();
        await page.Button("Restart").ClickAsync();
        await Assertions.Expect(page.Page.Locator("#said")).ToHaveTextAsync("dns: restarted");
        Assert.True(Dns(served).Restarts > 0);
        Assert.Empty(page.Troubles);
    }

    [FactThatNeeds(Need.Chromium)]
    public async Task A_released_flow_is_shown_and_taken_back()
    {
        await using var served = await ServedRun.Start(releases: true);
        await using var page = await chromium.Open(served.Url);
        await page.Go("consumers");
        var flow = page.Row("Released flows", "udp 0.0.0.0:0 0.0.0.0:53");
        await Assertions.Expect(flow).ToContainTextAsync("watch");
        Assert.Empty(await page.Barriers());

        await flow.GetByRole(AriaRole.Button, new() { Name = "take back" }).ClickAsync();

        await Assertions.Expect(page.Page.Locator("#said")).ToHaveTextAsync("udp 0.0.0.0:0 0.0.0.0:53: comes again");
        await Assertions.Expect(flow).ToHaveCountAsync(0);
        Assert.True(served.Run.Released.IsEmpty);
        Assert.Empty(page.Troubles);
    }

    private static ConsumerView Dns(ServedRun served) => served.Run.View().Consumers.Single(c => c.Name == "dns");
}
