using System.Net;
using System.Text.Json;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class SnapshotEndpointTests
{
    [Fact]
    public async Task A_snapshot_tells_of_every_part_of_the_pipeline()
    {
        await using var served = await ServedRun.Start();

        var snapshot = await served.Json("/api/v1/snapshot");

        Assert.Equal(("pipeline.snapshot/1", 1, false), (snapshot.GetProperty("schema").GetString(), snapshot.GetProperty("generation").GetInt32(), snapshot.GetProperty("atRest").GetBoolean()));
        Assert.Equal((100, 25, 75, 25), (At("ledger", "received", "packets"), At("ledger", "delivered", "packets"), At("ledger", "passed", "packets"), At("ledger", "copies", "delivered")));
        Assert.Equal(["pcap:0"], Names("queues"));
        Assert.Equal(["router-pcap:0"], Names("routers"));
        Assert.Equal(["dns", "udp"], Names("rules"));
        Assert.Equal(["watch", "dns", "stack"], Names("consumers"));
        Assert.Equal(["watch", "dns", "stack"], Each("routes", r => r.GetProperty("to").GetString()));
        Assert.Equal([25, 25, 75], Each("routes", r => r.GetProperty("packets").GetInt32()));
        Assert.Equal(["running", "running", "running"], Each("consumers", c => c.GetProperty("instances")[0].GetProperty("state").GetString()));
        Assert.True(At("handoff", "bundles") >= 3);
        Assert.True(snapshot.GetProperty("ledger").GetProperty("balanced").GetBoolean());

        int At(params string[] path) => path.Aggregate(snapshot, (at, name) => at.GetProperty(name)).GetInt32();
        IEnumerable<T> Each<T>(string list, Func<JsonElement, T> of) => snapshot.GetProperty(list).EnumerateArray().Select(of);
        IEnumerable<string?> Names(string list) => Each(list, e => e.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Whoever_asks_first_gets_rates_too()
    {
        await using var served = await ServedRun.Start();

        Assert.True((await served.Json("/api/v1/snapshot")).GetProperty("rateSeconds").GetDouble() > 0);
    }

    [Fact]
    public async Task HEAD_has_the_headers_of_GET_and_no_body()
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Head, "/api/v1/snapshot");

        Assert.Equal((HttpStatusCode.OK, "application/json", ""), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), await answer.Content.ReadAsStringAsync()));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("DELETE", "/api/v1/snapshot", 405, "allowed: GET, HEAD")]
    [InlineData("GET", "/api/v1/rules/check", 405, "allowed: POST")]
    [InlineData("GET", "/api/v1/nothing", 404, "/api/v1/nothing")]
    [InlineData("GET", "/api/v1/stream?hz=0", 400, "hz=0")]
    [InlineData("GET", "/api/v1/stream?hz=many", 400, "hz=many")]
    public async Task What_cannot_be_answered_is_told_in_words(string method, string path, int status, string words)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(new HttpMethod(method), path);

        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        Assert.Contains(words, await answer.Content.ReadAsStringAsync());
    }
}
