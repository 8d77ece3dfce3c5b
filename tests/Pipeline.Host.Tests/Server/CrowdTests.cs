using Pipeline.Host.Server;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Clients that keep the server waiting. Whatever could be waited out here takes an hour, so that only room that is made helps.</summary>
public sealed class CrowdTests
{
    private const int Crowd = 48;

    private const string Head = " HTTP/1.1\r\nHost: localhost\r\n";

    private static readonly ServerBounds Patient = new()
    {
        MostConnections = 8,
        MostStreams = 4,
        MostUploads = 2,
        HeadPatience = TimeSpan.FromHours(1),
        IdlePatience = TimeSpan.FromHours(1),
        BodyPatience = TimeSpan.FromHours(1),
    };

    [Theory]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("GET /health" + Head)]
    [InlineData("GET /health" + Head + "X: ")]
    [InlineData("\x16\x03\x01\x02")]
    [InlineData("GET /health/live" + Head + "\r\n")]
    [InlineData("GET /api/v1/stream" + Head + "\r\n")]
    [InlineData("PUT /api/v1/rules" + Head + "Content-Length: 1000\r\n\r\nrule ")]
    [InlineData("PUT /api/v1/rules" + Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nrule ")]
    [InlineData("POST /api/v1/rules/check" + Head + "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n")]
    [InlineData("POST /api/v1/consumers/dns/pause" + Head + "Content-Length: 1000\r\n\r\nx")]
    public async Task Whoever_comes_next_is_answered_beside_a_crowd_that_never_goes_on(string sent)
    {
        await using var served = await ServedRun.Start(bounds: Patient);
        var crowd = new List<Wire>();
        for (var i = 0; i < Crowd; i++)
        {
            crowd.Add(await Wire.Open(served.Url));
            await crowd[^1].Send(sent);
        }

        var answer = await Wire.Ask(served.Url, "GET /health/ready" + Head + "Connection: close\r\n\r\n");

        crowd.ForEach(one => one.Dispose());
        Assert.Equal([200], Wire.Statuses(answer));
    }

    [Fact]
    public async Task The_one_that_has_waited_for_longest_makes_room()
    {
        await using var served = await ServedRun.Start(bounds: Patient);
        using var first = await Wire.Open(served.Url);
        await first.Send("GET /health");

        // One after the other, so that the first is known to have been there before.
        for (var i = 0; i < Crowd; i++) Assert.Equal([200], Wire.Statuses(await Wire.Ask(served.Url, "GET /health/live" + Head + "Connection: close\r\n\r\n")));
        var crowd = new List<Wire>();
        for (var i = 0; i < Crowd; i++) crowd.Add(await Wire.Open(served.Url));

        Assert.Equal("", await first.Rest());
        crowd.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task A_head_that_does_not_come_to_its_end_is_given_up()
    {
        await using var served = await ServedRun.Start(bounds: Patient with { HeadPatience = TimeSpan.FromMilliseconds(1) });
        using var slow = await Wire.Open(served.Url);
        await slow.Send("GET /health" + Head + "X: ");

        Assert.Equal([408], Wire.Statuses(await slow.Rest()));
    }

    [Fact]
    public async Task A_body_that_does_not_come_to_its_end_is_given_up()
    {
        await using var served = await ServedRun.Start(bounds: Patient with { BodyPatience = TimeSpan.FromMilliseconds(1) });
        using var slow = await Wire.Open(served.Url);
        await slow.Send("PUT /api/v1/rules" + Head + "Content-Length: 1000\r\n\r\nrule ");

        var answer = await slow.Rest();

        Assert.Equal([408], Wire.Statuses(answer));
        Assert.Contains("the body comes too slowly", answer);
    }

    [Fact]
    public async Task Of_bodies_that_never_end_the_longest_on_its_way_makes_room_for_a_whole_one()
    {
        await using var served = await ServedRun.Start(bounds: Patient);
        using Wire first = await Wire.Open(served.Url), second = await Wire.Open(served.Url);
        foreach (var slow in new[] { first, second })
        {
            // The answer to the expectation says that the body is being waited for.
            await slow.Send("PUT /api/v1/rules" + Head + "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 100", await slow.Some());
        }

        using var whole = await served.Send(HttpMethod.Post, "/api/v1/rules/check", ServedRun.Rules);

        Assert.Equal(200, (int)whole.StatusCode);
        Assert.Equal([408], Wire.Statuses(await first.Rest()));
    }

    [Fact]
    public async Task Of_too_many_streams_the_oldest_ends()
    {
        await using var served = await ServedRun.Start(bounds: Patient with { MostStreams = 1 });
        using var first = await Wire.Open(served.Url);
        await first.Send("GET /api/v1/stream" + Head + "\r\n");
        Assert.Contains("text/event-stream", await first.Some());

        await using var events = await EventReader.Open(served, "");

        Assert.Equal("snapshot", (await events.Next()).Name);
        await first.Rest();
    }
}
