using System.Net;
using System.Text;
using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class CaptureEndpointTests
{
    [Fact]
    public async Task Where_nothing_is_captured_the_answer_says_so()
    {
        await using var served = await ServedRun.Start();

        Assert.Equal("""{"schema":"pipeline.captures/1","captures":[]}""", await served.Client.GetStringAsync("/api/v1/captures"));
    }

    [Fact]
    public async Task A_capture_is_started_with_what_was_asked_for()
    {
        await using var served = await ServedRun.Start();

        using var answer = await Post(served, """{"packets": 5, "seconds": 7.5, "snaplen": 96, "at": "rule:dns"}""", "?who=alice");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var started = await Json(answer);
        Assert.Equal($"/api/v1/captures/{Id(started)}", answer.Headers.Location?.ToString());
        var listed = Assert.Single((await served.Json("/api/v1/captures")).GetProperty("captures").EnumerateArray());
        Assert.Equal(("rule:dns", "", "running", 0), (listed.GetProperty("at").GetString(), listed.GetProperty("filter").GetString(), listed.GetProperty("state").GetString(), listed.GetProperty("packets").GetInt32()));
        Assert.Equal("""{"packets":5,"bytes":6624,"seconds":7.5,"snaplen":96}""", listed.GetProperty("limits").GetRawText());
        Assert.Equal("alice, http 127.0.0.1", listed.GetProperty("who").GetString());
        Assert.False(listed.TryGetProperty("endedAt", out _));
    }

    [Fact]
    public async Task Without_a_body_everything_is_as_usual()
    {
        await using var served = await ServedRun.Start();

        var started = await Json(await served.Send(HttpMethod.Post, "/api/v1/captures"));

        Assert.Equal("received", started.GetProperty("at").GetString());
        Assert.Equal("""{"packets":10000,"bytes":67108864,"seconds":60,"snaplen":0}""", started.GetProperty("limits").GetRawText());
    }

    [Theory]
    [InlineData("""{"packets": 0}""", 422, "packets: 0: expected 1 to 10000000")]
    [InlineData("""{"packets": 1.5}""", 422, "packets: 1.5: expected a whole number")]
    [InlineData("""{"packets": "all"}""", 422, "packets: \"all\": expected a whole number")]
    [InlineData("""{"seconds": 0}""", 422, "seconds: 0: expected a number above 0")]
    [InlineData("""{"seconds": 3601}""", 422, "seconds: 3601: expected a number above 0 and at most 3600")]
    [InlineData("""{"snaplen": -1}""", 422, "snaplen: -1: expected 1 to 262144")]
    [InlineData("""{"at": "everywhere"}""", 422, "at: \"everywhere\": expected received, rule:NAME, route:NAME or dropped")]
    [InlineData("""{"at": "rule:web"}""", 422, "at: there is no rule web")]
    [InlineData("""{"at": "route:web"}""", 422, "at: no route leads to web; routes lead to watch, dns, stack")]
    [InlineData("""{"colour": 1}""", 422, "colour: there is no such member")]
    [InlineData("[]", 422, "expected a JSON object")]
    [InlineData("{", 400, "the body is no JSON")]
    [InlineData("{\"filter\": \"\\ud800\"}", 400, "the body is no JSON")]
    [InlineData("{\"\\ud800\": 1}", 400, "the body is no JSON")]
    public async Task What_makes_no_sense_is_refused_with_words(string body, int status, string words)
    {
        await using var served = await ServedRun.Start();

        using var answer = await Post(served, body);

        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains(words, (await Json(answer)).GetProperty("detail").GetString());
    }

    [TheoryThatNeeds(Need.Libpcap)]
    [InlineData("tcp prt 80", "syntax error after character 3, behind \"tcp\"")]
    [InlineData(")", "syntax error from character 1 on")]
    [InlineData("udp and port 53 or (tcp and", "syntax error after character 15, behind \"udp and port 53\"")]
    public async Task A_filter_with_an_error_is_refused_with_its_place(string filter, string words)
    {
        await using var served = await ServedRun.Start();

        using var answer = await Post(served, $$"""{"filter": "{{filter}}"}""");

        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Contains(words, (await Json(answer)).GetProperty("detail").GetString());
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task A_filter_that_would_take_long_to_compile_is_refused()
    {
        await using var served = await ServedRun.Start();

        using var answer = await Post(served, $$"""{"filter": "{{string.Join(" or ", Enumerable.Range(1, 400).Select(i => $"port {i}"))}}"}""");

        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Contains("at most 1024 are compiled in reasonable time", (await Json(answer)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_ninth_capture_is_refused_until_one_is_forgotten()
    {
        await using var served = await ServedRun.Start();
        var first = Id(await Json(await Post(served, """{"packets": 1}""")));
        for (var i = 1; i < 8; i++) await Post(served, """{"packets": 1}""");

        using var ninth = await Post(served, """{"packets": 1}""");
        using var deleted = await served.Send(HttpMethod.Delete, $"/api/v1/captures/{first}");
        using var again = await Post(served, """{"packets": 1}""");

        Assert.Equal((429, 204, 201), ((int)ninth.StatusCode, (int)deleted.StatusCode, (int)again.StatusCode));
        Assert.Contains("there are 8 captures", (await Json(ninth)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Captures_hold_at_most_256_mebibytes_together()
    {
        await using var served = await ServedRun.Start();
        for (var i = 0; i < 4; i++) await Post(served, "{}");

        using var fifth = await Post(served, """{"packets": 1}""");

        Assert.Equal(429, (int)fifth.StatusCode);
        Assert.Contains("captures hold 256 of 256 MiB", (await Json(fifth)).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task A_capture_that_is_not_there_is_not_found(string method)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(new HttpMethod(method), "/api/v1/captures/0123456789abcdef");

        Assert.Equal(404, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("look", 403)]
    [InlineData("touch", 201)]
    [InlineData("other", 401)]
    public async Task Who_may_read_may_not_capture_and_who_may_change_may(string token, int status)
    {
        await using var served = await ServedRun.Start(new() { ReadToken = "look", ChangeToken = "touch" });

        using var answer = await Post(served, "{}", headers: ("Authorization", $"Bearer {token}"));
        using var list = await served.Send(HttpMethod.Get, "/api/v1/captures", null, ("Authorization", $"Bearer {token}"));

        Assert.Equal((status, status == 201 ? 200 : status), ((int)answer.StatusCode, (int)list.StatusCode));
    }

    [Fact]
    public async Task A_page_of_another_site_captures_nothing()
    {
        await using var served = await ServedRun.Start();

        using var answer = await Post(served, "{}", headers: ("Origin", "http://evil.example"));

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Empty(served.Run.Captures.All);
    }

    internal static Task<HttpResponseMessage> Post(ServedRun served, string body, string query = "", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/captures{query}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return served.Client.SendAsync(request);
    }

    internal static async Task<JsonElement> Json(HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    internal static string Id(JsonElement capture) => capture.GetProperty("id").GetString()!;
}
