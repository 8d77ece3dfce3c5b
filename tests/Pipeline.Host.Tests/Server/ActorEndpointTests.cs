using System.Text.Json;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class ActorEndpointTests
{
    [Fact]
    public async Task The_actors_of_a_pipeline_are_a_tree_below_its_root()
    {
        await using var served = await ServedRun.Start();

        var actors = await served.Json("/api/v1/actors");

        Assert.Equal(("pipeline.actors/1", "10 actors", 0), (Text(actors, "schema"), Text(actors, "words"), actors.GetProperty("leftOut").GetInt32()));
        Assert.Equal(
            [
                "/user/pipeline root", "/user/pipeline/reclaimer reclaimer", "/user/pipeline/telemetry telemetry", "/user/pipeline/rule-agent rule-agent", "/user/pipeline/rules rule-authority",
                "/user/pipeline/pcap:0 queue", "/user/pipeline/router-pcap:0 router", "/user/pipeline/watch-0 consumer", "/user/pipeline/dns-0 consumer", "/user/pipeline/stack-0 consumer",
            ],
            Each(actors).Select(a => $"{Text(a, "path")} {Text(a, "kind")}"));
        Assert.All(Each(actors).Skip(1), a => Assert.Equal("/user/pipeline", Text(a, "parent")));
        Assert.All(Each(actors), a => Assert.Equal(("pipeline", 0), (Text(a, "system"), a.GetProperty("restarts").GetInt32())));
    }

    [Fact]
    public async Task Each_says_what_it_does_and_what_is_not_counted_is_null()
    {
        await using var served = await ServedRun.Start();
        while (Text(Named(await served.Json("/api/v1/actors"), "pcap:0"), "state") != "idle") await Task.Yield();

        var actors = await served.Json("/api/v1/actors");

        var (queue, router, root) = (Named(actors, "pcap:0"), Named(actors, "router-pcap:0"), Named(actors, "pipeline"));
        Assert.Equal("sleeps until a packet comes", Text(queue, "does"));
        Assert.Equal(("running", "routes packets by generation 1"), (Text(router, "state"), Text(router, "does")));
        Assert.Equal(queue.GetProperty("bundles").GetInt64(), router.GetProperty("bundles").GetInt64());
        Assert.Equal(0, router.GetProperty("mailbox").GetProperty("depth").GetInt32());
        Assert.True(router.GetProperty("mailbox").GetProperty("highWater").GetInt32() > 0);
        Assert.Equal(("pipeline-dispatchers.intake-0", "pipeline-dispatchers.control"), (Text(router, "dispatcher"), Text(root, "dispatcher")));
        foreach (var absent in new[] { "mailbox", "bundles", "cpu", "lastFailure", "parent" }) Assert.Equal(JsonValueKind.Null, root.GetProperty(absent).ValueKind);
        Assert.Equal(JsonValueKind.Null, queue.GetProperty("mailbox").ValueKind);
    }

    [Fact]
    public async Task Instances_come_and_go_as_a_consumer_is_scaled()
    {
        await using var served = await ServedRun.Start();

        Assert.True(await served.Run.ScaleConsumer("dns", 3));
        var more = await served.Json("/api/v1/actors");
        Assert.True(await served.Run.ScaleConsumer("dns", 1));
        var fewer = await served.Json("/api/v1/actors");

        Assert.Equal(["dns-0", "stack-0", "dns-1", "dns-2"], Consumers(more).Where(n => n != "watch-0"));
        Assert.Equal(["watch-0", "dns-0", "stack-0"], Consumers(fewer));
    }

    [Fact]
    public async Task A_paused_consumer_is_seen_to_hold_bundles_back()
    {
        await using var served = await ServedRun.Start();
        Assert.True(await served.Run.PauseConsumer("dns"));

        JsonElement dns;
        do
        {
            dns = Named(await served.Json("/api/v1/actors"), "dns-0");
        }
        while (Text(dns, "state") == "running");

        Assert.Equal(("paused", "holds bundles back until it is resumed"), (Text(dns, "state"), Text(dns, "does")));
    }

    [Fact]
    public async Task After_the_end_of_the_run_it_says_that_there_are_none()
    {
        await using var served = await ServedRun.Start();
        served.Run.Drain();
        await served.Run.Completion.WaitAsync(ServedRun.Patience);
        await served.Run.DisposeAsync();

        var actors = await served.Json("/api/v1/actors");

        Assert.Equal(("the run has ended, and its actors have stopped", 0), (Text(actors, "words"), Each(actors).Count()));
    }

    private static IEnumerable<string?> Consumers(JsonElement actors) => Each(actors).Where(a => Text(a, "kind") == "consumer").Select(a => Text(a, "path")?.Split('/')[^1]);

    private static JsonElement Named(JsonElement actors, string name) => Each(actors).Single(a => Text(a, "path")!.EndsWith("/" + name, StringComparison.Ordinal));

    private static JsonElement.ArrayEnumerator Each(JsonElement actors) => actors.GetProperty("actors").EnumerateArray();

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();
}
