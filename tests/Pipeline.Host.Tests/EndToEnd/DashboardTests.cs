using System.Diagnostics;
using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>The program with its server, and without.</summary>
public sealed class DashboardTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

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
        using var run = Start("run", "-v", "-r", "-");
        try
        {
            // The head of a capture is enough for a run to begin, and without a packet it stays as it is.
            await run.StandardInput.BaseStream.WriteAsync(Convert.FromHexString("d4c3b2a1020004000000000000000000ffff000001000000"));
            await run.StandardInput.BaseStream.FlushAsync();
            while (await run.StandardError.ReadLineAsync().WaitAsync(Patience) is { } line && !line.StartsWith("reading", StringComparison.Ordinal))
            {
            }

            var loaded = (await File.ReadAllLinesAsync($"/proc/{run.Id}/maps")).Where(m => m.EndsWith(".dll", StringComparison.Ordinal)).ToList();

            Assert.Contains(loaded, m => m.EndsWith("/Pipeline.Actors.dll", StringComparison.Ordinal));
            // By the file's own name: parts of Microsoft.Extensions that others use too lie in the web framework's folder.
            Assert.DoesNotContain(loaded, m => Path.GetFileName(m).StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal));
        }
        finally
        {
            run.Kill();
        }
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[BuiltProgram.Path, .. arguments]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
