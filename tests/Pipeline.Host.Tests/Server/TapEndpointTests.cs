using System.Net;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class TapEndpointTests
{
    [Fact]
    public async Task It_begins_before_the_first_packet_and_ends_with_its_reader()
    {
        await using var captured = await CapturedRun.Start();
        uint[] types;
        using (var answer = await Tap(captured.Client, ""))
        {
            var stream = await answer.Content.ReadAsStreamAsync();
            types = [await Block(stream), await Block(stream)];
            var listed = await captured.Client.GetStringAsync("/api/v1/captures");

            Assert.Equal("application/x-pcapng", answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains("\"limits\":{\"packets\":0,\"bytes\":2097152,\"seconds\":0,\"snaplen\":0}", listed);
            Assert.Contains("\"tap\":true", listed);
        }

        Assert.Equal([0x0A0D0D0Au, 1u], types);
        while (captured.Run.Captures.All.Count > 0) await Task.Delay(1);
    }

    [Fact]
    public async Task Nobody_else_reads_it_and_whoever_deletes_it_ends_it_whole()
    {
        await using var served = await ServedRun.Start();
        using var answer = await Tap(served.Client, "");
        var path = answer.Content.Headers.ContentLocation!.OriginalString;

        using var other = await served.Send(HttpMethod.Get, path);
        using var deleted = await served.Send(HttpMethod.Delete, path);
        var file = await answer.Content.ReadAsByteArrayAsync().WaitAsync(ServedRun.Patience);

        Assert.Equal((409, 204), ((int)other.StatusCode, (int)deleted.StatusCode));
        var last = file.Length - BitConverter.ToInt32(file, file.Length - 4);
        Assert.Equal(5, BitConverter.ToInt32(file, last));
    }

    [Theory]
    [InlineData("packets=-1", "packets: -1: expected a whole number, or 0 for no end")]
    [InlineData("snaplen=262145", "snaplen: 262145: expected a whole number, at most 262144")]
    [InlineData("at=everywhere", "at: everywhere: expected received, rule:NAME, route:NAME or dropped")]
    [InlineData("at=rule:web", "at: there is no rule web")]
    [InlineData("except=here", "except: here: expected ADDR:PORT")]
    [InlineData("except=1.2.3.4:5,6", "except: 1.2.3.4:5,6: expected ADDR:PORT")]
    [InlineData("seconds=5", "seconds: there is no such parameter")]
    public async Task What_makes_no_sense_is_refused_with_words(string query, string words)
    {
        await using var served = await ServedRun.Start();

        using var answer = await Tap(served.Client, query);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(words, (await CaptureEndpointTests.Json(answer)).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("at=rule:web", 422)]
    public async Task Asking_for_the_head_finds_out_and_starts_nothing(string query, int status)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/api/v1/tap?{query}"));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.DoesNotContain(served.Run.Events.Read(), e => e.Words.Contains("tap of"));
    }

    [Fact]
    public async Task It_is_one_of_the_captures_that_there_can_be()
    {
        await using var served = await ServedRun.Start();
        using var tap = await Tap(served.Client, "");
        for (var i = 1; i < 8; i++) await CaptureEndpointTests.Post(served, """{"packets": 1}""");

        using var ninth = await Tap(served.Client, "");

        Assert.Equal(429, (int)ninth.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_site_starts_none()
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Get, "/api/v1/tap", null, ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Empty(served.Run.Captures.All);
    }

    [Fact]
    public async Task A_server_that_is_read_only_gives_none()
    {
        await using var served = await ServedRun.Start(new() { ReadOnly = true });

        using var answer = await Tap(served.Client, "");

        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Who_may_only_read_figures_gets_none()
    {
        await using var served = await ServedRun.Start(new() { ReadToken = "look", ChangeToken = "touch" });

        using var answer = await served.Send(HttpMethod.Get, "/api/v1/tap", null, ("Authorization", "Bearer look"));

        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_nothing_up_and_the_end_says_what_it_missed()
    {
        await using var captured = await CapturedRun.Start(bytes: 40_000);
        using var slow = await Wire.Open(captured.Url, receiveBuffer: 4096);
        await slow.Send("GET /api/v1/tap HTTP/1.0\r\nHost: localhost\r\n\r\n");
        while (captured.Run.Captures.All.Count == 0) await Task.Delay(1);
        var tap = captured.Run.Captures.All[0];

        captured.Open();
        var outcome = await captured.Run.Completion.WaitAsync(ServedRun.Patience);

        Assert.True(outcome.View.Balanced);
        Assert.Equal(CapturedRun.Packets, outcome.View.Ledger.Delivered.Packets + outcome.View.Ledger.Passed.Packets);
        Assert.Equal(CapturedRun.Packets, tap.Packets + tap.Missed);
        Assert.NotEqual(0, tap.Missed);
    }

    /// <returns>The type of the next block.</returns>
    private static async Task<uint> Block(Stream stream)
    {
        using var patience = new CancellationTokenSource(ServedRun.Patience);
        var head = new byte[8];
        await stream.ReadExactlyAsync(head, patience.Token);
        await stream.ReadExactlyAsync(new byte[BitConverter.ToInt32(head, 4) - head.Length], patience.Token);
        return BitConverter.ToUInt32(head);
    }

    private static Task<HttpResponseMessage> Tap(HttpClient client, string query) => client.GetAsync($"/api/v1/tap?{query}", HttpCompletionOption.ResponseHeadersRead);
}
