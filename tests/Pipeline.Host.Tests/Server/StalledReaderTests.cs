using System.Diagnostics;
using System.Text;
using Pipeline.Host.Server;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Clients that ask for a long answer and do not read it.</summary>
[Collection(Alone.Name)]
public sealed class StalledReaderTests
{
    private const int Readers = 16;
    private const long MostPerReader = 1 << 20;

    private const string Head = " HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static readonly ServerBounds Patient = new() { ReadingPatience = TimeSpan.FromHours(1) };

    [Theory]
    [InlineData("/api/v1/rules/history")]
    [InlineData("/api/v1/rules")]
    [InlineData("/api/v1/snapshot")]
    [InlineData("/api/v1/stream")]
    [InlineData("/metrics")]
    public async Task Many_who_read_nothing_hold_less_than_a_mebibyte_each(string path)
    {
        await using var served = await ServedRun.Start(bounds: Patient);
        for (var generation = 0; generation < 3; generation++) await Change(served, ManyRules(30_000, generation));
        using var warm = await Stall(served, path);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var stalled = new List<Wire>();
        for (var i = 0; i < Readers; i++) stalled.Add(await Stall(served, path));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Readers * MostPerReader);
        stalled.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task Many_who_read_nothing_hold_no_rule_file()
    {
        await using var served = await ServedRun.Start(bounds: Patient, ruleFile: "edge.rules");
        await Change(served, Comment(1));
        served.Write("edge.rules", Comment(2));
        using var warm = await Stall(served, "/api/v1/rules/history");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var stalled = new List<Wire>();
        for (var i = 0; i < Readers; i++) stalled.Add(await Stall(served, "/api/v1/rules/history"));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Readers * MostPerReader);
        stalled.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task Whoever_reads_on_after_a_while_gets_the_whole_answer()
    {
        await using var served = await ServedRun.Start(bounds: Patient);
        var text = ManyRules(20_000, 1);
        await Change(served, text);

        using var answer = await served.Send(HttpMethod.Get, "/api/v1/rules", null, ("Accept", "text/plain"));
        using var stalled = await Stall(served, "/api/v1/rules/history");

        Assert.Equal(text, await answer.Content.ReadAsStringAsync());
        var history = await served.Json("/api/v1/rules/history");
        Assert.Equal([text, ServedRun.Rules], history.GetProperty("generations").EnumerateArray().Select(g => g.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Whoever_reads_nothing_is_cut_off()
    {
        await using var served = await ServedRun.Start(bounds: new() { ReadingPatience = TimeSpan.FromMilliseconds(50) });
        for (var generation = 0; generation < 3; generation++) await Change(served, Comment(generation));
        using var stalled = await Wire.Open(served.Url, receiveBuffer: 4096);

        await stalled.Send("GET /api/v1/rules/history" + Head);

        Assert.True(stalled.WaitsForReset());
    }

    [Fact]
    public async Task Whoever_reads_nothing_does_not_hold_up_the_servers_end()
    {
        await using var served = await ServedRun.Start(bounds: Patient);
        for (var generation = 0; generation < 3; generation++) await Change(served, Comment(generation));
        using var stalled = await Stall(served, "/api/v1/rules/history");
        var clock = Stopwatch.StartNew();

        await served.Stop();

        // Kestrel's own patience is 30 s.
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task Whoever_does_not_read_what_became_of_a_text_makes_room_for_the_next_one()
    {
        await using var served = await ServedRun.Start(bounds: Patient with { MostUploads = 1 });
        using var stalled = await Wire.Open(served.Url, receiveBuffer: 4096);
        var many = Encoding.UTF8.GetBytes(ManyRules(30_000, 1));
        await stalled.Send($"POST /api/v1/rules/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: {many.Length}\r\n\r\n");
        await stalled.Send(many);
        Assert.StartsWith("HTTP/1.1 200", await stalled.Some());

        using var next = await served.Send(HttpMethod.Post, "/api/v1/rules/check", ServedRun.Rules);

        Assert.Equal(200, (int)next.StatusCode);
    }

    /// <summary>Asks, and reads no more than the beginning.</summary>
    private static async Task<Wire> Stall(ServedRun served, string path)
    {
        var wire = await Wire.Open(served.Url, receiveBuffer: 4096);
        await wire.Send("GET " + path + Head);
        Assert.StartsWith("HTTP/1.1 200", await wire.Some());
        return wire;
    }

    private static async Task Change(ServedRun served, string text)
    {
        using var answer = await served.Send(HttpMethod.Put, "/api/v1/rules", text);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    private static string ManyRules(int rules, int generation) =>
        string.Concat(Enumerable.Range(0, rules).Select(i => $"rule r{generation}_{i} match 30:ffffffff:{(generation << 24) + i:x8} mark 0x10\n"));

    /// <summary>Far more than the system buffers for a connection.</summary>
    private static string Comment(int generation) => $"# {generation} {new string('x', 4_000_000)}\n{ServedRun.Rules}";
}
