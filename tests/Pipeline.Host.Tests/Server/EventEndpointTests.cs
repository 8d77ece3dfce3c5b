using System.Text.Json;
using Pipeline.Host.Schema;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class EventEndpointTests
{
    [Fact]
    public async Task The_first_event_is_the_start()
    {
        await using var served = await ServedRun.Start();

        var answer = await served.Json("/api/v1/events");

        var only = Assert.Single(answer.GetProperty("events").EnumerateArray());
        Assert.Equal((1, 0, (1, "started", "pipeline")), (answer.GetProperty("last").GetInt32(), answer.GetProperty("missed").GetInt32(), Described(only)));
        Assert.Equal(("information", 1), (only.GetProperty("level").GetString(), only.GetProperty("generation").GetInt32()));
    }

    [Fact]
    public async Task A_change_of_rules_names_who_wanted_it()
    {
        await using var served = await ServedRun.Start();
        await served.Run.ApplyRules("rule all match 0:00:00 mark 1", "new.rules", "alice");

        var changed = (await served.Json("/api/v1/events?after=1")).GetProperty("events")[0];

        Assert.Equal((2, "rules-changed", "rules"), Described(changed));
        Assert.Equal(("alice", 2), (changed.GetProperty("who").GetString(), changed.GetProperty("generation").GetInt32()));
    }

    [Fact]
    public async Task What_happened_comes_in_its_order_and_later_things_by_themselves()
    {
        await using var served = await ServedRun.Start();
        await served.Run.PauseConsumer("dns");
        await served.Run.ResumeConsumer("dns");

        var all = await served.Json("/api/v1/events");
        var later = await served.Json("/api/v1/events?after=2");

        Assert.Equal([(2, "paused", "dns"), (3, "resumed", "dns")], all.GetProperty("events").EnumerateArray().Skip(1).Select(Described));
        Assert.Equal((3, 0), (later.GetProperty("last").GetInt32(), later.GetProperty("missed").GetInt32()));
        Assert.Equal([(3, "resumed", "dns")], later.GetProperty("events").EnumerateArray().Select(Described));
    }

    [Fact]
    public async Task Events_that_are_gone_are_counted()
    {
        await using var served = await ServedRun.Start();
        for (var i = 0; i < 600; i++)
        {
            await served.Run.PauseConsumer("dns");
            await served.Run.ResumeConsumer("dns");
        }

        var events = await served.Json("/api/v1/events?after=10");

        Assert.Equal((1201, 167, 1024), (events.GetProperty("last").GetInt32(), events.GetProperty("missed").GetInt32(), events.GetProperty("events").GetArrayLength()));
    }

    [Fact]
    public async Task Whoever_asks_again_while_things_happen_misses_none()
    {
        await using var served = await ServedRun.Start();
        var happening = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await served.Run.PauseConsumer("dns");
                await served.Run.ResumeConsumer("dns");
            }
        });

        var (seen, last, isOver) = (new List<long>(), 0L, false);
        while (!isOver)
        {
            isOver = happening.IsCompleted;
            var answer = EventsJson.Of(served.Run.Events, last);
            Assert.Equal(0, answer.Missed);
            seen.AddRange(answer.Events.Select(e => e.Number));
            last = answer.Last;
        }

        await happening;
        Assert.Equal(Enumerable.Range(1, 401).Select(i => (long)i), seen);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("")]
    public async Task A_number_that_is_none_is_refused(string after)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Get, $"/api/v1/events?after={after}");

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("expected the number of an event", await answer.Content.ReadAsStringAsync());
    }

    private static (int, string?, string?) Described(JsonElement happened) =>
        (happened.GetProperty("number").GetInt32(), happened.GetProperty("kind").GetString(), happened.GetProperty("where").GetString());
}
