using System.Text.Json;
using Pipeline.Host.Commands;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Running;

/// <summary>With <c>--log-format json</c> standard error has nothing but JSON, whatever there is to say.</summary>
public sealed class JsonLogRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Screen _screen = new();

    public JsonLogRunTests() => File.WriteAllBytes(_folder["t.pcap"], new CaptureBytes().PcapHeader().PcapRecord(0, 0, new byte[60]).PcapRecord(1, 0, new byte[60]).ToArray());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_begins_and_ends_with_events_and_the_last_has_the_books_of_the_report()
    {
        Assert.Equal(0, await Execute("run", "-r", _folder["t.pcap"], "--json"));

        var lines = Lines();
        Assert.Equal(["started", "ended"], lines.Select(l => l.GetProperty("kind").GetString()).Where(k => k != "message"));
        using var report = JsonDocument.Parse(_screen.Out);
        Assert.Equal(report.RootElement.GetProperty("ledger").GetRawText(), lines[^1].GetProperty("ledger").GetRawText());
        Assert.All(lines, l => Assert.Equal("pipeline.event/1", l.GetProperty("schema").GetString()));
    }

    [Theory]
    [InlineData(66, "run", "-r", "/nowhere/x.pcap")]
    [InlineData(2, "run", "--nonsense")]
    [InlineData(2, "demo", "-q", "-v")]
    public async Task What_is_wrong_at_the_start_is_JSON_too(int code, params string[] arguments)
    {
        Assert.Equal(code, await Execute(arguments));

        Assert.Contains(Lines(), l => l.GetProperty("level").GetString() == "error");
    }

    [Fact]
    public async Task Quiet_leaves_errors_alone()
    {
        Assert.Equal(0, await Execute("run", "-r", _folder["t.pcap"], "-q"));

        Assert.Empty(_screen.Error);
    }

    [Fact]
    public async Task Another_format_is_refused()
    {
        Assert.Equal(2, await new CommandLine(_screen.Terminal, new Parts()).Execute(["run", "-r", _folder["t.pcap"], "--log-format", "xml"]));
        Assert.Contains("--log-format xml: expected text or json", _screen.Error, StringComparison.Ordinal);
    }

    private Task<int> Execute(params string[] arguments) => new CommandLine(_screen.Terminal, new Parts()).Execute([.. arguments, "--log-format", "json"]);

    private List<JsonElement> Lines() => [.. _screen.Error.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement)];
}
