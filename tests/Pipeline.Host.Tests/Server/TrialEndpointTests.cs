using System.Net;
using System.Text.Json;
using Pipeline.Host.Server;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Rules on trial, explained packets and paths, as a client sees them.</summary>
public sealed class TrialEndpointTests : IAsyncLifetime
{
    private const string Others = "rule udp match 23:ff:11 mark 0x20\n";

    /// <summary>UDP to port 53, without its addresses.</summary>
    private const string Dns = "000000000000 000000000000 0800 45000000 00000000 00110000 00000000 00000000 00000035 00000000";

    private ServedRun _served = null!;

    public async Task InitializeAsync() => _served = await ServedRun.Start();

    public Task DisposeAsync() => _served.DisposeAsync().AsTask();

    [Fact]
    public async Task Rules_in_shadow_are_shown_until_they_are_taken_away()
    {
        Assert.Equal("none", (await _served.Json("/api/v1/rules/shadow")).GetProperty("state").GetString());

        var begun = await Json(await _served.Send(HttpMethod.Post, "/api/v1/rules/shadow?source=others.rules&who=alice", Others));
        Assert.Equal("shadow", begun.GetProperty("state").GetString());
        Assert.Equal(("others.rules", "alice, http 127.0.0.1", 1), (Trial(begun, "source"), Trial(begun, "who"), begun.GetProperty("trial").GetProperty("rules").GetInt32()));
        Assert.Equal("shadow", (await _served.Json("/api/v1/rules/shadow")).GetProperty("state").GetString());

        using var ended = await _served.Send(HttpMethod.Delete, "/api/v1/rules/shadow");
        using var again = await _served.Send(HttpMethod.Delete, "/api/v1/rules/shadow");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (ended.StatusCode, again.StatusCode));
        Assert.Equal(1, _served.Run.View().Generation);

        static string? Trial(JsonElement answer, string name) => answer.GetProperty("trial").GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_dry_run_of_a_quiet_pipeline_compares_nothing_and_says_so()
    {
        var answer = await Json(await _served.Send(HttpMethod.Post, "/api/v1/rules/dry-run?seconds=0.05", Others));

        Assert.Equal("done", answer.GetProperty("state").GetString());
        Assert.Equal(0, answer.GetProperty("trial").GetProperty("compared").GetProperty("packets").GetInt64());
    }

    [Theory]
    [InlineData("/api/v1/rules/dry-run")]
    [InlineData("/api/v1/rules/shadow")]
    public async Task Rules_with_errors_are_refused_with_their_positions(string path)
    {
        using var answer = await _served.Send(HttpMethod.Post, path, "rule udp match 23:ff:111 mark 0x20\n");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var found = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("diagnostics")[0];
        Assert.Equal((1, 22), (found.GetProperty("line").GetInt32(), found.GetProperty("column").GetInt32()));
    }

    [Theory]
    [InlineData("/api/v1/paths?seconds=0", "seconds=0")]
    [InlineData("/api/v1/paths?seconds=11", "at most 10")]
    [InlineData("/api/v1/paths?seconds=soon", "expected a number")]
    public async Task A_time_that_makes_no_sense_is_refused(string path, string why)
    {
        using var answer = await _served.Send(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Paths_of_a_quiet_pipeline_are_none() =>
        Assert.Equal(0, (await _served.Json("/api/v1/paths?seconds=0.05")).GetProperty("paths").GetArrayLength());

    [Fact]
    public async Task A_pasted_packet_is_explained_by_the_rules_in_force()
    {
        var answer = await Json(await _served.Send(HttpMethod.Post, "/api/v1/rules/explain", Dns));

        Assert.Equal(("copy to watch, dns", "0x10", 1), (answer.GetProperty("route").GetString(), answer.GetProperty("mark").GetString(), answer.GetProperty("generation").GetInt32()));
        Assert.Equal("dns", answer.GetProperty("rules")[0].GetString());
        Assert.Contains("36:ffff:0035  yes", answer.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("", "there is no packet")]
    [InlineData("00 11 2", "5 digits are no whole number of bytes")]
    [InlineData("00 11\nzz", "line 2: `z` is no hexadecimal digit")]
    public async Task What_is_no_packet_is_refused_with_why(string text, string why)
    {
        using var answer = await _served.Send(HttpMethod.Post, "/api/v1/rules/explain", text);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(why, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("00005e0053010000")]
    [InlineData("00:00:5e:00:53:01:00:00")]
    [InlineData("0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x00, 0x00")]
    [InlineData("0000   00 00 5e 00 53 01 00 00                           ..^.S...")]
    [InlineData("0000  00 00 5e 00 53 01 00 00  ..^.S...")]
    [InlineData("\t0x0000:  0000 5e00 5301 0000                      ..^.S...")]
    [InlineData("0000  00 00 5e 00\r\n0004  53 01 00 00\r\n")]
    [InlineData("0000\n5e00 5301\n0000")]
    public void A_packet_is_read_as_tools_print_it(string text) => Assert.Equal([0, 0, 0x5e, 0, 0x53, 1, 0, 0], PastedPacket.Read(text));

    [Fact]
    public void Bytes_in_groups_of_two_are_no_offset() => Assert.Equal([0x5e, 0, 0x53, 1, 0, 0, 8, 0], PastedPacket.Read("5e00 5301\n0000 0800"));

    private static async Task<JsonElement> Json(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            return JsonDocument.Parse(text).RootElement;
        }
    }
}
