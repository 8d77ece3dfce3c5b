using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>The demo as somebody meets it for the first time, in a process of its own.</summary>
public sealed class DemoTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new() { Timeout = Patience };
    private readonly Process _demo;

    public DemoTests() => _demo = Start();

    public void Dispose()
    {
        if (!_demo.HasExited) _demo.Kill();
        _demo.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_carries_traffic_takes_rules_and_drains_with_balanced_books()
    {
        var page = await Page();
        await Until(page, "health/ready", (status, _) => status == HttpStatusCode.OK);
        await Until(page, "api/v1/snapshot", (_, text) => Queues(text).All(packets => packets > 0) && Queues(text).Count() == 4);

        using var change = await _client.PutAsync(page + "api/v1/rules", new StringContent("rule udp match 12:ffff:0800 23:ff:11 mark 0x20\n"));
        Assert.Equal(HttpStatusCode.OK, change.StatusCode);
        await Until(page, "api/v1/snapshot", (_, text) => Json(text) is var s && s.GetProperty("generation").GetInt32() == 2 && s.GetProperty("rules")[0].GetProperty("packets").GetInt64() > 0);

        Assert.Equal(0, Tool.Run("kill", "-INT", $"{_demo.Id}").ExitCode);
        var report = Json(await _demo.StandardOutput.ReadToEndAsync().WaitAsync(Patience));
        await _demo.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, _demo.ExitCode);
        Assert.Equal(2, report.GetProperty("generation").GetInt32());
        Assert.True(report.GetProperty("ledger").GetProperty("balanced").GetBoolean());
        Assert.Equal("udp", report.GetProperty("rules")[0].GetProperty("name").GetString());
        Assert.NotEmpty(Directory.GetFiles(_folder.FullName, "dns*.pcapng"));
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[BuiltProgram.Path, "demo", "--json", "--dashboard", "127.0.0.1:0", "--folder", _folder.FullName]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>What the demo says of where its page is.</summary>
    private async Task<string> Page()
    {
        const string Words = "dashboard ";
        while (await _demo.StandardError.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith(Words, StringComparison.Ordinal)) return line[Words.Length..] + "/";
        }

        throw new InvalidOperationException("The demo ended without saying where its page is.");
    }

    /// <summary>Asks again and again; every answer takes the server a moment.</summary>
    private async Task Until(string page, string path, Func<HttpStatusCode, string, bool> isIt)
    {
        using var patience = new CancellationTokenSource(Patience);
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
