using System.Net;
using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>The demo as somebody meets it for the first time, in a process of its own.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new() { Timeout = RunningProgram.Patience };
    private readonly RunningProgram _demo;

    public DemoTests() => _demo = RunningProgram.Start("demo", "--json", "--dashboard", "127.0.0.1:0", "--folder", _folder.FullName);

    public void Dispose()
    {
        _demo.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_carries_traffic_takes_rules_and_drains_with_balanced_books()
    {
        var page = (await _demo.LineWith("dashboard ")).Split(' ')[1] + "/";
        await Until(page, "health/ready", (status, _) => status == HttpStatusCode.OK);
        await Until(page, "api/v1/snapshot", (_, text) => Queues(text).All(packets => packets > 0) && Queues(text).Count() == 4);

        using var change = await _client.PutAsync(page + "api/v1/rules", new StringContent("rule udp match 12:ffff:0800 23:ff:11 mark 0x20\n"));
        Assert.Equal(HttpStatusCode.OK, change.StatusCode);
        await Until(page, "api/v1/snapshot", (_, text) => Json(text) is var s && s.GetProperty("generation").GetInt32() == 2 && s.GetProperty("rules")[0].GetProperty("packets").GetInt64() > 0);

        _demo.Signal("INT");
        var report = Json(await _demo.Output.ReadToEndAsync().WaitAsync(RunningProgram.Patience));
        Assert.Equal(0, (await _demo.End()).Code);
        Assert.Equal(2, report.GetProperty("generation").GetInt32());
        Assert.True(report.GetProperty("ledger").GetProperty("balanced").GetBoolean());
        Assert.Equal("udp", report.GetProperty("rules")[0].GetProperty("name").GetString());
        Assert.NotEmpty(Directory.GetFiles(_folder.FullName, "dns*.pcapng"));
    }

    /// <summary>Asks again and again; every answer takes the server a moment.</summary>
    private async Task Until(string page, string path, Func<HttpStatusCode, string, bool> isIt)
    {
        using var patience = new CancellationTokenSource(RunningProgram.Patience);
        while (true)
        {
            using var answer = await _client.GetAsync(page + path, patience.Token);
            if (isIt(answer.StatusCode, await answer.Content.ReadAsStringAsync(patience.Token))) return;
        }
    }

    private static IEnumerable<long> Queues(string snapshot) =>
        Json(snapshot).TryGetProperty("queues", out var queues) ? queues.EnumerateArray().Select(q => q.GetProperty("packets").GetInt64()) : [];

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
