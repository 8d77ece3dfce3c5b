using Pipeline.Actors.Configuration;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Tokens with names: what each permits, and that what was changed with one has its name.</summary>
public sealed class NamedTokenTests
{
    private const string Other = "rule all match 0:00:00 mark 1\n";

    private static readonly DashboardOptions Options = new()
    {
        ReadToken = "look",
        Tokens =
        [
            new() { Name = "alice", Rights = [DashboardRight.Read, DashboardRight.Capture], Value = "alices" },
            new() { Name = "bob", Rights = [DashboardRight.Change], Value = "bobs" },
            new() { Name = "carol", Rights = [DashboardRight.Capture], Value = "carols" },
        ],
    };

    [Theory]
    [InlineData("GET", "/api/v1/snapshot", "alices", 200, "")]
    [InlineData("POST", "/api/v1/captures", "alices", 201, "")]
    [InlineData("PUT", "/api/v1/rules", "alices", 403, "the right to change is missing: the token alice may read and capture")]
    [InlineData("PUT", "/api/v1/rules", "bobs", 200, "")]
    [InlineData("GET", "/api/v1/snapshot", "bobs", 200, "")]
    [InlineData("GET", "/api/v1/captures", "carols", 200, "")]
    [InlineData("GET", "/api/v1/snapshot", "carols", 403, "the right to read is missing: the token carol may capture")]
    [InlineData("POST", "/api/v1/captures", "look", 403, "the right to capture is missing: this token may read")]
    [InlineData("GET", "/api/v1/snapshot", "alice", 401, "a token is needed")]
    [InlineData("GET", "/api/v1/snapshot", "", 401, "a token is needed")]
    public async Task Each_token_permits_what_it_was_given_for(string method, string path, string token, int status, string words)
    {
        await using var served = await ServedRun.Start(Options);

        using var answer = await Send(served, method, path, token, method == "PUT" ? Other : null);

        Assert.Equal(status, (int)answer.StatusCode);
        if (words.Length > 0) Assert.Contains(words, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_was_changed_says_whose_token_it_was()
    {
        await using var served = await ServedRun.Start(Options);

        await Done("PUT", "/api/v1/rules?who=mallory&confirm=60", Other);
        await Done("POST", "/api/v1/rules/confirm/2");
        await Done("POST", "/api/v1/rules/rollback/1");
        await Done("POST", "/api/v1/consumers/dns/pause");
        await Done("POST", "/api/v1/consumers/dns/resume");
        await Done("POST", "/api/v1/consumers/dns/restart");
        await Done("POST", "/api/v1/consumers/dns/scale?instances=2");
        using var started = await Done("POST", "/api/v1/captures");
        await Done("DELETE", started.Headers.Location!.ToString());

        Assert.Equal(["bob", "bob"], served.Run.RuleHistory.Skip(1).Select(g => g.Who));
        var events = served.Run.Events.Read(after: 1);
        var said = events.Select(e => e.Words).ToList();
        Assert.All(events, e => Assert.Equal("bob", e.Who));
        Assert.StartsWith("generation 2: 1 rules of http, by bob, to be confirmed by ", said[0]);
        Assert.Equal(
            ["generation 2 was confirmed, by bob", "generation 3: the rules of generation 1 again, by bob", "takes nothing until it is resumed, by bob", "goes on, by bob", "was made anew on demand, by bob", "has 2 instances, by bob"],
            said[1..7]);
        Assert.Equal(["capture of received begins, for bob", "capture of received is stopped, for bob", "capture of received is deleted, by bob"], said[7..].Select(w => w.Split(':')[0]));

        async Task<HttpResponseMessage> Done(string method, string path, string? text = null)
        {
            var answer = await Send(served, method, path, "bobs", text);
            Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode}");
            return answer;
        }
    }

    [Fact]
    public async Task Without_a_name_the_address_says_who_it_was()
    {
        await using var served = await ServedRun.Start();

        using var answer = await Send(served, "POST", "/api/v1/consumers/dns/pause", "");

        Assert.Equal("takes nothing until it is resumed, by http 127.0.0.1", served.Run.Events.Read(after: 1).Single().Words);
    }

    private static Task<HttpResponseMessage> Send(ServedRun served, string method, string path, string token, string? text = null) =>
        served.Send(new HttpMethod(method), path, text, token.Length == 0 ? [] : [("Authorization", $"Bearer {token}")]);
}
