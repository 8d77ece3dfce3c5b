using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>The program with its server, and without.</summary>
public sealed class DashboardTests
{
    [FactThatNeeds(Need.Corpus)]
    public void A_finished_run_ends_as_it_does_without_one()
    {
        var capture = Corpus.CapturePath("conv__to-pcapng.pcapng");

        var run = BuiltProgram.Run("run", "-r", capture, "--json", "--dashboard", "127.0.0.1:0");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("dashboard http://127.0.0.1:", run.Errors);
        Assert.Equal(99, JsonDocument.Parse(run.Output).RootElement.GetProperty("ledger").GetProperty("passed").GetProperty("packets").GetInt32());
    }

    [Fact]
    public async Task Without_one_nothing_of_the_server_is_loaded()
    {
        using var run = RunningProgram.Start("run", "-v", "-r", "-");

        // The head of a capture is enough for a run to begin, and without a packet it stays as it is.
        await run.Feed(new CaptureBytes().PcapHeader().ToArray());
        await run.LineWith("reading");

        var loaded = (await File.ReadAllLinesAsync($"/proc/{run.Id}/maps")).Where(m => m.EndsWith(".dll", StringComparison.Ordinal)).ToList();

        Assert.Contains(loaded, m => m.EndsWith("/Pipeline.Actors.dll", StringComparison.Ordinal));
        // By the file's own name: parts of Microsoft.Extensions that others use too lie in the web framework's folder.
        Assert.DoesNotContain(loaded, m => Path.GetFileName(m).StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal));
    }
}
