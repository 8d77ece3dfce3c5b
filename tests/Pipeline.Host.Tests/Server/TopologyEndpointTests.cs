using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class TopologyEndpointTests
{
    [Fact]
    public async Task A_pipeline_is_a_graph_from_its_source_to_its_consumers()
    {
        await using var served = await ServedRun.Start();

        var topology = await served.Json("/api/v1/topology");

        Assert.Equal("pipeline.topology/1", topology.GetProperty("schema").GetString());
        Assert.Equal(
            [
                "0 source:pcap running 100", "1 queue:pcap:0 running 100", "2 rules running 100", "3 route:1 running 25", "3 route:2 running 25", "3 route:3 running 75",
                "4 consumer:watch running 25", "4 consumer:dns running 25", "4 consumer:stack running 75",
            ],
            Each(topology, "nodes", n => $"{n.GetProperty("layer")} {n.GetProperty("id")} {n.GetProperty("state")} {n.GetProperty("packets")}"));
        Assert.Equal(
            [
                "source:pcap>queue:pcap:0 100", "queue:pcap:0>rules 100",
                "rules>route:1 25 0x10 copy", "route:1>consumer:watch 25 0x10 copy", "rules>route:2 25 0x10", "route:2>consumer:dns 25 0x10", "rules>route:3 75 any", "route:3>consumer:stack 75 any",
            ],
            Each(topology, "edges", Words));
        Assert.Equal(served.Capture, topology.GetProperty("nodes")[0].GetProperty("name").GetString());
        Assert.True(topology.GetProperty("rateSeconds").GetDouble() > 0);
    }

    [Fact]
    public async Task It_says_what_the_snapshot_says()
    {
        await using var served = await ServedRun.Start();

        var (topology, snapshot) = (await served.Json("/api/v1/topology"), await served.Json("/api/v1/snapshot"));

        Assert.Equal(snapshot.GetProperty("ledger").GetRawText(), topology.GetProperty("ledger").GetRawText());
        Assert.Equal(
            Each(snapshot, "consumers", c => $"{c.GetProperty("name")} {c.GetProperty("bytes")} {c.GetProperty("dropped")}"),
            Each(topology, "nodes", n => n).Where(n => n.GetProperty("kind").GetString() == "consumer").Select(c => $"{c.GetProperty("name")} {c.GetProperty("bytes")} {c.GetProperty("dropped")}"));
        Assert.True(topology.GetProperty("sequence").GetInt64() < snapshot.GetProperty("sequence").GetInt64());
    }

    [Fact]
    public async Task A_paused_consumer_and_the_end_of_the_run_are_seen()
    {
        await using var served = await ServedRun.Start();
        Assert.True(await served.Run.PauseConsumer("dns"));
        while (served.Run.View().Consumers.First(c => c.Name == "dns").Instances[0].State != Actors.Telemetry.ConsumerState.Paused) await Task.Yield();

        Assert.Equal("paused", State(await served.Json("/api/v1/topology"), "consumer:dns"));

        served.Run.Drain();
        await served.Run.Completion.WaitAsync(ServedRun.Patience);
        var ended = await served.Json("/api/v1/topology");
        Assert.Equal(("ended", "ended", "completed", true), (State(ended, "source:pcap"), State(ended, "rules"), State(ended, "consumer:dns"), ended.GetProperty("atRest").GetBoolean()));
    }

    [Fact]
    public async Task As_a_flowchart_it_has_the_same_parts()
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Get, "/api/v1/topology?format=mermaid");

        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("flowchart LR", lines[0]);
        Assert.Matches("^  n1\\[\"queue pcap:0<br/>[0-9]+ packets/s, running\"\\]$", lines[2]);
        Assert.Contains(lines, l => Regex.IsMatch(l, "^  n3 -\\.->\\|\"0x10, [0-9]+/s\"\\| n6$"));
        Assert.Contains(lines, l => Regex.IsMatch(l, "^  n4 -->\\|\"0x10, [0-9]+/s\"\\| n7$"));
    }

    [Fact]
    public async Task Another_format_is_refused()
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Get, "/api/v1/topology?format=dot");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("format=dot: expected json or mermaid", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string Words(JsonElement edge) =>
        $"{edge.GetProperty("from")}>{edge.GetProperty("to")} {edge.GetProperty("packets")}{(edge.TryGetProperty("mark", out var mark) ? $" {mark}" : "")}{(edge.GetProperty("copy").GetBoolean() ? " copy" : "")}";

    private static string? State(JsonElement topology, string id) =>
        topology.GetProperty("nodes").EnumerateArray().First(n => n.GetProperty("id").GetString() == id).GetProperty("state").GetString();

    private static IEnumerable<T> Each<T>(JsonElement of, string list, Func<JsonElement, T> make) => of.GetProperty(list).EnumerateArray().Select(make);
}
