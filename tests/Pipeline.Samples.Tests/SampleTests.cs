using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Samples.Tests;

/// <summary>Every sample, as a process of its own, on a capture whose packets are known.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _capture;

    public SampleTests() => _capture = SmallCapture.WriteTo(_folder["small.pcap"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_loop_counts_by_rule()
    {
        var result = BuiltSample.Run("NicLoop", _capture);

        Assert.Equal((0, "dns 3\ntcp 5\nunmatched 3\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void The_worker_logs_its_counts_and_ends()
    {
        var result = BuiltSample.Run("Worker", _capture);

        Assert.Equal(0, result.ExitCode);
        Assert.All(
            ["rule dns-answer: 2 packets", "rule dns-query: 3 packets", "dns: 3 queries, 2 answers", "received 11 = delivered 5 + passed 6 + dropped 0 + in flight 0"],
            line => Assert.Contains(line, result.Output));
    }

    [Fact]
    public void The_worker_says_what_is_wrong_with_a_capture_and_ends_with_1()
    {
        File.WriteAllBytes(_folder["cut.pcap"], File.ReadAllBytes(_capture)[..^10]);

        var result = BuiltSample.Run("Worker", _folder["cut.pcap"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("cut.pcap: at byte", result.Output);
        Assert.Contains("rule dns-query: 3 packets", result.Output);
    }

    [Fact]
    public async Task The_web_application_shows_the_view_and_a_handlers_figures_and_stops_when_asked()
    {
        using var app = new WebProcess("WebApp", "--capture", _capture, "--urls", "http://127.0.0.1:0");

        using var view = await app.JsonWhen("/pipeline", v => v.GetProperty("atRest").GetBoolean());
        using var ports = await app.JsonWhen("/ports", _ => true);

        Assert.Equal(11, view.RootElement.GetProperty("ledger").GetProperty("received").GetProperty("packets").GetInt64());
        Assert.Equal("tcp-syn", view.RootElement.GetProperty("rules")[0].GetProperty("name").GetString());
        Assert.Equal((4, 1), (ports.RootElement.GetProperty("443").GetInt64(), ports.RootElement.GetProperty("22").GetInt64()));
        Assert.Equal(0, app.Stop());
    }
}
