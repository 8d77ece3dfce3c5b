using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class StreamTests
{
    [Fact]
    public async Task A_stream_begins_with_a_snapshot_and_goes_on_with_later_ones()
    {
        await using var served = await ServedRun.Start();
        await using var events = await EventReader.Open(served, "?hz=20");

        var (first, second) = (await events.Next(), await events.Next());

        Assert.Equal(("snapshot", "snapshot"), (first.Name, second.Name));
        Assert.Equal($"{Sequence(first)}", first.Id);
        Assert.True(Sequence(second) > Sequence(first));
    }

    [Fact]
    public async Task Whoever_comes_back_gets_the_whole_of_what_is_now()
    {
        await using var served = await ServedRun.Start();

        await using var events = await EventReader.Open(served, "", ("Last-Event-ID", "3"));

        Assert.Equal(ServedRun.Packets, Root(await events.Next()).GetProperty("ledger").GetProperty("received").GetProperty("packets").GetInt32());
    }

    [Fact]
    public async Task Silence_is_broken_by_heartbeats()
    {
        await using var served = await ServedRun.Start();
        await using var events = await EventReader.Open(served, "?hz=0.1");

        Assert.Equal(["snapshot", "hb"], [(await events.Next()).Name, (await events.Next()).Name]);
    }

    [Fact]
    public async Task When_the_pipeline_ends_the_last_figures_and_a_goodbye_come()
    {
        await using var served = await ServedRun.Start();
        await using var events = await EventReader.Open(served, "?hz=0.1");
        await events.Next();

        served.Run.Drain();

        var last = await events.Next();
        Assert.True(Root(last).GetProperty("atRest").GetBoolean());
        Assert.Equal("{\"reason\":\"ended\"}", (await events.Next()).Data);
        Assert.Null(await events.NextOrEnd());
    }

    [Fact]
    public async Task An_open_stream_does_not_hold_up_the_servers_end()
    {
        await using var served = await ServedRun.Start();
        await using var events = await EventReader.Open(served, "?hz=0.1");
        await events.Next();
        var clock = Stopwatch.StartNew();

        await served.Stop();

        // Kestrel's own patience with such a stream is 30 s.
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
        Assert.Equal("{\"reason\":\"stopping\"}", (await events.Next()).Data);
    }

    private static JsonElement Root(EventReader.Event one) => JsonDocument.Parse(one.Data).RootElement;

    private static long Sequence(EventReader.Event one) => Root(one).GetProperty("sequence").GetInt64();
}
