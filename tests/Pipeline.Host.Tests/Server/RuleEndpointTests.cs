using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class RuleEndpointTests
{
    private const string Fewer = "rule dns match 36:ffff:0035 mark 0x10\n";
    private const string Bad = "rule dns match 36:ffff:0035 mark 0x10\nrule x match 23:ff:1111 mark 1\n";

    [Fact]
    public async Task The_rules_in_force_come_with_their_counts()
    {
        await using var served = await ServedRun.Start();

        var rules = await served.Json("/api/v1/rules");

        Assert.Equal((1, "first.rules", ServedRun.Rules), (rules.GetProperty("generation").GetInt32(), rules.GetProperty("source").GetString(), rules.GetProperty("text").GetString()));
        Assert.Equal([25, 75], rules.GetProperty("rules").EnumerateArray().Select(r => r.GetProperty("packets").GetInt32()));
    }

    [Fact]
    public async Task The_rules_in_force_come_as_text_to_who_asks_for_text()
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Get, "/api/v1/rules", null, ("Accept", "text/plain"));

        Assert.Equal((ServedRun.Rules, "\"1\""), (await answer.Content.ReadAsStringAsync(), answer.Headers.ETag?.ToString()));
    }

    [Fact]
    public async Task A_check_tells_what_would_change_and_changes_nothing()
    {
        await using var served = await ServedRun.Start();

        var check = await Body(await served.Send(HttpMethod.Post, "/api/v1/rules/check", Fewer), HttpStatusCode.OK);

        Assert.True(check.GetProperty("ok").GetBoolean());
        Assert.Equal("[\"udp\"]", check.GetProperty("changes").GetProperty("removed").GetRawText());
        Assert.Equal(1, (await served.Json("/api/v1/rules")).GetProperty("generation").GetInt32());
    }

    [Fact]
    public async Task A_check_of_a_bad_text_points_at_the_place()
    {
        await using var served = await ServedRun.Start();

        var check = await Body(await served.Send(HttpMethod.Post, "/api/v1/rules/check", Bad), HttpStatusCode.OK);

        var found = check.GetProperty("diagnostics")[0];
        Assert.Equal((false, 1), (check.GetProperty("ok").GetBoolean(), check.GetProperty("errors").GetInt32()));
        Assert.Equal(("error", 2, 20, 4), (found.GetProperty("severity").GetString(), Int(found, "line"), Int(found, "column"), Int(found, "length")));
    }

    [Fact]
    public async Task Rules_are_saved_where_that_is_asked_for()
    {
        await using var served = await ServedRun.Start(ruleFile: "edge.rules");

        var change = await Body(await served.Send(HttpMethod.Put, "/api/v1/rules?save=yes", Fewer), HttpStatusCode.OK);

        Assert.Equal(("now", served["edge.rules"], true), (change.GetProperty("saved").GetString(), change.GetProperty("startup").GetProperty("file").GetString(), change.GetProperty("startup").GetProperty("same").GetBoolean()));
        Assert.Equal(Fewer, await File.ReadAllTextAsync(served["edge.rules"]));
    }

    [Fact]
    public async Task Rules_that_cannot_be_saved_do_not_come_in_force()
    {
        await using var served = await ServedRun.Start();

        var problem = await Body(await served.Send(HttpMethod.Put, "/api/v1/rules?save=yes", Fewer), HttpStatusCode.Conflict);

        Assert.EndsWith("; nothing was changed", problem.GetProperty("detail").GetString());
        Assert.Single(served.Run.RuleHistory);
    }

    [Fact]
    public async Task A_rollback_to_what_is_not_there_says_which_generations_there_are()
    {
        await using var served = await ServedRun.Start();
        await served.Send(HttpMethod.Put, "/api/v1/rules", Fewer);

        var problem = await Body(await served.Send(HttpMethod.Post, "/api/v1/rules/rollback/77"), HttpStatusCode.NotFound);

        Assert.Equal("the history has no generation 77; it has 1 to 2", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task New_rules_are_a_new_generation()
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Put, "/api/v1/rules", Fewer, ("If-Match", "\"1\""));

        Assert.Equal("\"2\"", answer.Headers.ETag?.ToString());
        Assert.Equal(2, Int(await Body(answer, HttpStatusCode.OK), "generation"));
        Assert.Equal(Fewer, served.Run.RulesText);
        Assert.Equal(75, (await served.Json("/api/v1/snapshot")).GetProperty("earlierRules").GetProperty("packets").GetInt32());
    }

    [Fact]
    public async Task Bad_rules_are_refused_with_their_places_and_those_in_force_stay()
    {
        await using var served = await ServedRun.Start();

        var problem = await Body(await served.Send(HttpMethod.Put, "/api/v1/rules", Bad), HttpStatusCode.UnprocessableEntity);

        Assert.Equal((1, 2), (Int(problem, "generation"), Int(problem.GetProperty("diagnostics")[0], "line")));
        Assert.Equal(ServedRun.Rules, served.Run.RulesText);
    }

    [Fact]
    public async Task Whoever_was_second_is_told_that_another_was_first()
    {
        await using var served = await ServedRun.Start();
        await Body(await served.Send(HttpMethod.Put, "/api/v1/rules", Fewer), HttpStatusCode.OK);

        var problem = await Body(await served.Send(HttpMethod.Put, "/api/v1/rules", ServedRun.Rules, ("If-Match", "\"1\"")), HttpStatusCode.Conflict);

        Assert.Equal(2, Int(problem, "generation"));
        Assert.Equal(Fewer, served.Run.RulesText);
    }

    [Fact]
    public async Task An_earlier_generation_comes_back_under_a_new_number()
    {
        await using var served = await ServedRun.Start();
        await Body(await served.Send(HttpMethod.Put, "/api/v1/rules", Fewer), HttpStatusCode.OK);

        var change = await Body(await served.Send(HttpMethod.Post, "/api/v1/rules/rollback/1"), HttpStatusCode.OK);

        var history = (await served.Json("/api/v1/rules/history")).GetProperty("generations").EnumerateArray().ToList();
        Assert.Equal((3, ServedRun.Rules), (Int(change, "generation"), served.Run.RulesText));
        Assert.Equal([3, 2, 1], history.Select(g => Int(g, "generation")));
        Assert.Equal(("http 127.0.0.1", 1), (history[0].GetProperty("who").GetString(), Int(history[0], "rollbackTo")));
    }

    [Fact]
    public async Task The_history_says_where_rules_came_from_and_who_sent_them()
    {
        await using var served = await ServedRun.Start();

        await Body(await served.Send(HttpMethod.Put, "/api/v1/rules?source=edge.rules&who=alice%40here", Fewer), HttpStatusCode.OK);

        Assert.Equal(("edge.rules", "alice@here, http 127.0.0.1"), (served.Run.RuleHistory[^1].Source, served.Run.RuleHistory[^1].Who));
    }

    [Theory]
    [InlineData("/api/v1/rules/confirm/2")]
    [InlineData("/api/v1/rules/confirm")]
    public async Task Rules_put_on_condition_stay_once_they_are_confirmed(string path)
    {
        await using var served = await ServedRun.Start();

        var change = await Body(await served.Send(HttpMethod.Put, "/api/v1/rules?confirm=600", Fewer), HttpStatusCode.OK);
        var confirmed = await Body(await served.Send(HttpMethod.Post, path), HttpStatusCode.OK);

        Assert.True(change.TryGetProperty("confirmBy", out _));
        Assert.Equal("confirmed", confirmed.GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("POST", "/api/v1/rules/rollback/9", "", 404)]
    [InlineData("POST", "/api/v1/rules/rollback/x", "", 404)]
    [InlineData("POST", "/api/v1/rules/rollback/1", "\"2\"", 409)]
    [InlineData("POST", "/api/v1/rules/confirm/1", "", 409)]
    [InlineData("POST", "/api/v1/rules/confirm/1", "\"1\"", 400)]
    [InlineData("PUT", "/api/v1/rules?who=a%0ab", "", 400)]
    [InlineData("PUT", "/api/v1/rules", "\"one\"", 400)]
    [InlineData("PUT", "/api/v1/rules?confirm=soon", "", 400)]
    [InlineData("PUT", "/api/v1/rules?empty=perhaps", "", 400)]
    [InlineData("PUT", "/api/v1/rules?confirm=99999999", "", 400)]
    public async Task A_wish_that_makes_no_sense_is_refused(string method, string path, string condition, int status)
    {
        await using var served = await ServedRun.Start();

        await Body(await served.Send(new HttpMethod(method), path, "", ("If-Match", condition)), (HttpStatusCode)status);
    }

    [Theory]
    [InlineData("application/json", 415)]
    [InlineData("text/plain; charset=utf-16", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("text/plain", 200)]
    [InlineData("application/x-www-form-urlencoded", 200)]
    [InlineData("", 200)]
    public async Task A_body_is_text_in_utf_8(string contentType, int status)
    {
        await using var served = await ServedRun.Start();
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/rules/check") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Fewer)) };
        if (contentType.Length > 0) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        await Body(await served.Client.SendAsync(request), (HttpStatusCode)status);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        await using var served = await ServedRun.Start();

        await Body(await served.Client.PostAsync("/api/v1/rules/check", new ByteArrayContent([0x72, 0xff])), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_beyond_the_limit_is_refused(bool saysItsLength)
    {
        await using var served = await ServedRun.Start();
        HttpContent content = new StreamContent(new MemoryStream(new byte[(4 * 1024 * 1024) + 1]));
        var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/rules") { Content = content };
        request.Headers.TransferEncodingChunked = saysItsLength ? null : true;
        request.Headers.ExpectContinue = true;

        await Body(await served.Client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(" \r\n\t\n", "")]
    [InlineData("# all of it\n  # commented out", "")]
    [InlineData("\ufeff# written by an editor\n", "?empty=no")]
    public async Task An_upload_without_rules_takes_none_away_unless_it_says_so(string text, string query)
    {
        await using var served = await ServedRun.Start();

        var problem = await Body(await served.Send(HttpMethod.Put, "/api/v1/rules" + query, text), HttpStatusCode.UnprocessableEntity);

        Assert.Contains("?empty=yes", problem.GetProperty("detail").GetString());
        Assert.Equal((1, ServedRun.Rules), (Int(problem, "generation"), served.Run.RulesText));
    }

    [Fact]
    public async Task An_upload_that_says_that_it_is_empty_takes_every_rule_away()
    {
        await using var served = await ServedRun.Start();

        var change = await Body(await served.Send(HttpMethod.Put, "/api/v1/rules?empty=yes", ""), HttpStatusCode.OK);

        Assert.Equal("[\"dns\",\"udp\"]", change.GetProperty("changes").GetProperty("removed").GetRawText());
        Assert.Equal((2, ""), (served.Run.RuleHistory[^1].Number, served.Run.RulesText));
    }

    [Fact]
    public async Task A_lifted_guard_alone_is_not_nothing()
    {
        await using var served = await ServedRun.Start();

        await Body(await served.Send(HttpMethod.Put, "/api/v1/rules", "keep-out off arp\n"), HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_check_of_nothing_says_that_it_is_nothing()
    {
        await using var served = await ServedRun.Start();

        var check = await Body(await served.Send(HttpMethod.Post, "/api/v1/rules/check", "# none"), HttpStatusCode.OK);

        Assert.Equal("there is no rule in this text; no packet gets a mark", check.GetProperty("diagnostics")[0].GetProperty("message").GetString());
    }

    private static async Task<JsonElement> Body(HttpResponseMessage answer, HttpStatusCode expected)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(expected == answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
            return JsonDocument.Parse(text).RootElement.Clone();
        }
    }

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
