using System.Globalization;
using Pipeline.Host.Server;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Captures that are fetched over HTTP, as tshark reads them.</summary>
public sealed class CaptureFileTests
{
    [TheoryThatNeeds(Need.Tshark)]
    [InlineData("""{}""", 1000, "mark 0x10 rule dns route dns", "mark 0x20 rule udp route stack")]
    [InlineData("""{"at": "rule:dns"}""", 250, "mark 0x10 rule dns route dns")]
    [InlineData("""{"at": "route:stack"}""", 750, "mark 0x20 rule udp route stack")]
    [InlineData("""{"filter": "udp port 53", "snaplen": 42}""", 250, "mark 0x10 rule dns route dns")]
    public async Task A_capture_is_followed_to_the_end_of_the_run(string body, int packets, params string[] comments)
    {
        await using var captured = await CapturedRun.Start();
        var id = await captured.Capture(body);
        using var answer = await captured.Follow(id);
        captured.Open();

        await Save(answer, captured["c.pcapng"]);

        var outcome = await captured.Run.Completion.WaitAsync(ServedRun.Patience);
        Assert.Equal((CapturedRun.Packets, true), (outcome.View.Ledger.Received.Packets, outcome.View.Balanced));
        var read = Fields(captured["c.pcapng"], "frame.comment", "frame.interface_queue", "frame.packet_id", "frame.len", "frame.cap_len");
        Assert.Equal(packets, read.Count);
        Assert.Equal(comments, read.Select(f => f[0]).Distinct().Order());
        Assert.Equal(Enumerable.Range(1, packets).Select(i => i.ToString(CultureInfo.InvariantCulture)), read.Select(f => f[2]));
        Assert.All(read, f => Assert.Equal(("0", "60", body.Contains("snaplen", StringComparison.Ordinal) ? "42" : "60"), (f[1], f[3], f[4])));
        Assert.Empty(captured.Run.Captures.All);
    }

    [FactThatNeeds(Need.Tshark)]
    public async Task A_capture_that_is_complete_is_kept_until_it_is_fetched_and_has_a_name()
    {
        await using var captured = await CapturedRun.Start();
        var id = await captured.Capture("""{"packets": 7, "at": "rule:dns"}""");
        captured.Open();
        while (captured.Run.Captures.Find(id)!.EndedAt is null) await Task.Delay(1);

        using var head = await captured.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/api/v1/captures/{id}"));
        using var answer = await captured.Follow(id);
        await Save(answer, captured["c.pcapng"]);
        using var again = await captured.Follow(id);

        Assert.Equal((200, 200, 404), ((int)head.StatusCode, (int)answer.StatusCode, (int)again.StatusCode));
        Assert.Equal("application/x-pcapng", answer.Content.Headers.ContentType?.MediaType);
        Assert.Matches("^\"?pipeline-rule-dns-[0-9]{8}T[0-9]{6}Z\\.pcapng\"?$", answer.Content.Headers.ContentDisposition?.FileName);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal(7, Fields(captured["c.pcapng"], "frame.number").Count);
    }

    [FactThatNeeds(Need.Tshark)]
    public async Task A_capture_that_is_deleted_ends_for_whoever_reads_it_with_a_whole_file()
    {
        await using var captured = await CapturedRun.Start();
        var id = await captured.Capture("{}");
        using var answer = await captured.Follow(id);

        using var deleted = await captured.Client.DeleteAsync($"/api/v1/captures/{id}");
        await Save(answer, captured["c.pcapng"]);
        captured.Open();

        Assert.Equal(204, (int)deleted.StatusCode);
        Assert.Empty(Fields(captured["c.pcapng"], "frame.number"));
        Assert.Empty(captured.Run.Captures.All);
        var outcome = await captured.Run.Completion.WaitAsync(ServedRun.Patience);
        Assert.True(outcome.View.Balanced);
    }

    [FactThatNeeds(Need.Tshark)]
    public async Task A_reader_that_does_not_read_holds_nothing_up_and_gets_everything_later()
    {
        await using var captured = await CapturedRun.Start(bytes: 9000, new ServerBounds { ReadingPatience = TimeSpan.FromHours(1) });
        var id = await captured.Capture($$"""{"packets": {{CapturedRun.Packets}}}""");
        using var wire = await Wire.Open(captured.Url, receiveBuffer: 4096);
        await wire.Send($"GET /api/v1/captures/{id} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        using var patient = await captured.Follow(id);

        captured.Open();
        var outcome = await captured.Run.Completion.WaitAsync(ServedRun.Patience);
        await Save(patient, captured["c.pcapng"]);

        Assert.True(outcome.View.Balanced);
        Assert.Equal(CapturedRun.Packets, outcome.View.Ledger.Delivered.Packets + outcome.View.Ledger.Passed.Packets);
        var written = Fields(captured["c.pcapng"], "frame.number").Count;
        Assert.Equal(CapturedRun.Packets, written + Lost(captured["c.pcapng"]));
    }

    private static async Task Save(HttpResponseMessage answer, string path)
    {
        await using var file = File.Create(path);
        using var patience = new CancellationTokenSource(ServedRun.Patience);
        await answer.Content.CopyToAsync(file, patience.Token);
    }

    private static List<string[]> Fields(string path, params string[] fields)
    {
        var result = Tool.Run("tshark", ["-r", path, "-T", "fields", .. fields.SelectMany(f => new[] { "-e", f })]);
        Assert.True(result.ExitCode == 0, result.Errors);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];
    }

    /// <summary>What the file's last block says was lost: isb_ifdrop, option 5.</summary>
    private static long Lost(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var at = bytes.Length - BitConverter.ToInt32(bytes, bytes.Length - 4) + 20;
        while (BitConverter.ToInt16(bytes, at) != 5) at += 12;
        return BitConverter.ToInt64(bytes, at + 4);
    }
}
