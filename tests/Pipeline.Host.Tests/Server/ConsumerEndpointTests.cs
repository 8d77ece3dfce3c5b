using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class ConsumerEndpointTests
{
    [Fact]
    public async Task A_consumer_pauses_and_goes_on()
    {
        await using var served = await ServedRun.Start();

        Assert.Equal(202, await Status(served, "dns/pause"));
        await Eventually(served, "paused");
        Assert.Equal(202, await Status(served, "dns/resume"));
        await Eventually(served, "running");
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_told_anything()
    {
        await using var served = await ServedRun.Start();

        Assert.Equal(404, await Status(served, "nobody/pause"));
        Assert.Equal(404, await Status(served, "dns/stop"));
        Assert.Equal(202, await Status(served, "dns/restart"));
        Assert.Equal(404, await Status(served, "nobody/close-breaker"));
    }

    [Fact]
    public async Task A_consumer_whose_routes_have_no_breaker_says_so()
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Post, "/api/v1/consumers/dns/close-breaker");

        Assert.Equal(409, (int)answer.StatusCode);
        Assert.Contains("no route to dns has a breaker", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_restart_is_answered_when_it_has_happened()
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Post, "/api/v1/consumers/dns/restart");

        Assert.Equal(202, (int)answer.StatusCode);
        Assert.Matches("^\\{\"name\":\"dns\",\"told\":\"restart\",\"when\":\"[^\"]+\"\\}$", await answer.Content.ReadAsStringAsync());
        Assert.Equal(1, served.Run.View().Consumers.First(c => c.Name == "dns").Restarts);
    }

    [Fact]
    public async Task A_consumer_gets_more_instances_and_loses_them_again()
    {
        await using var served = await ServedRun.Start();

        Assert.Equal(200, await Status(served, "dns/scale?instances=3"));
        Assert.Equal(3, await Running(served));
        Assert.Equal(200, await Status(served, "dns/scale?instances=1"));
        Assert.Equal(1, await Running(served));
    }

    [Fact]
    public async Task An_instance_that_left_is_in_no_view_and_what_it_counted_stays()
    {
        await using var served = await ServedRun.Start();
        var before = (await served.Json("/api/v1/snapshot")).GetProperty("handoff").GetProperty("bundles").GetInt64();
        Assert.Equal(200, await Status(served, "dns/scale?instances=3"));

        Assert.Equal(200, await Status(served, "dns/scale?instances=1"));

        var snapshot = await served.Json("/api/v1/snapshot");
        var dns = snapshot.GetProperty("consumers").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "dns");
        Assert.Equal(["dns-0"], dns.GetProperty("instances").EnumerateArray().Select(i => i.GetProperty("actor").GetString()!));
        Assert.Equal(25, dns.GetProperty("packets").GetInt64());
        Assert.Equal("good", snapshot.GetProperty("status").GetProperty("mood").GetString());
        Assert.Equal(before, snapshot.GetProperty("handoff").GetProperty("bundles").GetInt64());
        Assert.DoesNotContain("dns-1", await served.Client.GetStringAsync("/metrics"));
    }

    [Theory]
    [InlineData("dns/scale", 400, "expected a whole number")]
    [InlineData("dns/scale?instances=two", 400, "expected a whole number")]
    [InlineData("dns/scale?instances=0", 422, "a consumer has 1 to 64")]
    [InlineData("dns/scale?instances=65", 422, "a consumer has 1 to 64")]
    [InlineData("nobody/scale?instances=2", 404, "there are watch, dns, file, stack")]
    [InlineData("file/scale?instances=2", 409, "consumer file writes files")]
    public async Task What_cannot_be_scaled_says_why(string wish, int status, string why)
    {
        await using var served = await ServedRun.Start(writes: true);

        using var answer = await served.Send(HttpMethod.Post, "/api/v1/consumers/" + wish);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_consumer_of_flows_shows_those_in_its_table()
    {
        await using var served = await ServedRun.Start(handler: "flows");

        var report = await served.Json("/api/v1/consumers/dns/report");

        Assert.Equal(("pipeline.consumer-report/1", "dns", 1, 1), (report.GetProperty("schema").GetString(), report.GetProperty("name").GetString(), report.GetProperty("entries").GetInt32(), report.GetProperty("total").GetInt64()));
        var instance = Assert.Single(report.GetProperty("instances").EnumerateArray());
        Assert.Equal("dns-0", instance.GetProperty("actor").GetString());
        Assert.Contains("\r\n0x0800,udp,0.0.0.0,0,0.0.0.0,53,25,1500,0,0,", instance.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Many_readers_of_a_report_take_turns()
    {
        await using var served = await ServedRun.Start(handler: "flows");

        var reports = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => served.Json("/api/v1/consumers/dns/report?most=1")));

        Assert.All(reports, r => Assert.Equal(1, r.GetProperty("entries").GetInt32()));
    }

    [Theory]
    [InlineData("dns/report", 409, "consumer dns has nothing to report")]
    [InlineData("nobody/report", 404, "there are watch, dns, stack")]
    [InlineData("dns/report?most=0", 400, "expected a number of entries, 1 to 10000")]
    [InlineData("dns/report?most=10001", 400, "expected a number of entries, 1 to 10000")]
    [InlineData("dns/report?most=-1", 400, "expected a number of entries, 1 to 10000")]
    public async Task What_cannot_be_reported_says_why(string wish, int status, string why)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Get, "/api/v1/consumers/" + wish);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<int> Running(ServedRun served) => (await served.Json("/api/v1/snapshot")).GetProperty("consumers").EnumerateArray()
        .First(c => c.GetProperty("name").GetString() == "dns").GetProperty("instances").EnumerateArray().Count(i => i.GetProperty("state").GetString() == "running");

    private static async Task<int> Status(ServedRun served, string wish)
    {
        using var answer = await served.Send(HttpMethod.Post, "/api/v1/consumers/" + wish);
        return (int)answer.StatusCode;
    }

    /// <summary>Follows the stream until the consumer is in that state.</summary>
    private static async Task Eventually(ServedRun served, string state)
    {
        await using var events = await EventReader.Open(served, "?hz=20");
        while (!(await events.Next()).Data.Contains($"\"actor\":\"dns-0\",\"state\":\"{state}\"", StringComparison.Ordinal))
        {
        }
    }
}
