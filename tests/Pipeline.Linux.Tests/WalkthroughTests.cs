using System.Diagnostics;
using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>The steps of docs/guides/lab.md, with the script and the configuration that are in the repository.</summary>
public sealed class WalkthroughTests : IDisposable
{
    private const string Here = "pipelab-here";

    private static readonly string Lab = Path.Combine(Repository.Root, "samples", "lab");

    private readonly TemporaryFolder _folder = new();

    /// <summary>The capture is written beside the configuration, so the test has a copy.</summary>
    public WalkthroughTests()
    {
        var files = Directory.GetFiles(Lab).Where(f => !f.EndsWith(".pcapng", StringComparison.Ordinal));
        foreach (var file in files) File.Copy(file, _folder[Path.GetFileName(file)]);
    }

    public void Dispose()
    {
        if (Environment.UserName == "root") Script("down");
        _folder.Dispose();
    }

    [FactThatNeeds(Need.Root | Need.Tcpdump)]
    public async Task One_port_is_taken_the_rest_is_the_kernels_rules_change_and_nothing_is_left_behind()
    {
        Script("down");
        Assert.Equal(0, Script("up").ExitCode);
        using var run = Process.Start(Start("here", "pipeline", "run", "--config", _folder["lab.conf"], "--json"))!;
        var report = run.StandardOutput.ReadToEndAsync();
        await Line(run, "keep-out");

        Assert.Equal("port 9000: no answer; the kernel here has not seen the packet\n", Script("knock", "9000").Output);
        Assert.Equal("port 9001: the kernel here has answered that nobody listens\n", Script("knock", "9001").Output);
        Assert.Equal("sent 99 to port 9000\n", Script("send", "9000", "99").Output);
        var applied = Script("there", "pipeline", "rules", "apply", _folder["more.rules"], "--node", "http://192.0.2.1:8480");
        Assert.Equal("rules: generation 2 in force: 1 added (more); running only\n", applied.Output);
        Assert.Equal("port 9001: no answer; the kernel here has not seen the packet\n", Script("knock", "9001").Output);

        Tool.Run("kill", "-INT", $"{run.Id}");
        await run.WaitForExitAsync().WaitAsync(Soon.Patience);
        Assert.Equal(0, run.ExitCode);
        var figures = JsonDocument.Parse(await report).RootElement;
        Assert.Equal((100, 1), (figures.Packets("rules", "telemetry"), figures.Packets("rules", "more")));
        Assert.Equal(101, figures.Packets("consumers", "taken"));
        var read = Tool.Run("tcpdump", "-nr", _folder["taken.pcapng"]).Output.Split('\n');
        Assert.Equal(101, read.Count(line => line.Contains("UDP", StringComparison.Ordinal)));

        Assert.Equal("the lab is gone\n", Script("down").Output);
        Assert.Equal("the lab is gone\n", Script("down").Output);
        Assert.False(File.Exists($"/run/netns/{Here}"));
        Assert.DoesNotContain("pipelab", Tool.Run("ip", "-br", "link").Output);
    }

    [FactThatNeeds(Need.Root)]
    public void Taking_the_lab_away_ends_what_still_runs_in_it()
    {
        Script("down");
        Script("up");
        using var left = Process.Start(Start("there", "sleep", "600"))!;

        Assert.Equal(0, Script("down").ExitCode);

        Assert.True(left.WaitForExit(Soon.Patience));
        Assert.False(File.Exists("/run/netns/pipelab-there"));
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(2, "expected up, here, there, send, knock or down, not 'sideways'", "sideways")]
    [InlineData(2, "expected: send PORT [COUNT], a port from 1 to 65535", "send", "70000")]
    [InlineData(2, "expected: knock PORT, from 1 to 65535", "knock", "x")]
    [InlineData(1, "there is no lab; make it with", "send", "9000")]
    public void What_the_script_cannot_do_is_said(int code, string words, params string[] arguments)
    {
        Script("down");
        var result = Script(arguments);
        Assert.Equal(code, result.ExitCode);
        Assert.Contains(words, result.Errors);
    }

    private static async Task Line(Process run, string words)
    {
        while (await run.StandardError.ReadLineAsync().WaitAsync(Soon.Patience) is { } line)
        {
            if (!line.StartsWith(words, StringComparison.Ordinal)) continue;
            _ = run.StandardError.ReadToEndAsync();
            return;
        }

        Assert.Fail($"the program ended without '{words}'");
    }

    private Tool.Result Script(params string[] arguments)
    {
        var start = Start(arguments);
        return Tool.Run("env", [$"PIPELINE={LiveRun.Program}", "PIPELINE_TOKEN=lab", start.FileName, .. start.ArgumentList]);
    }

    private ProcessStartInfo Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(_folder["lab.sh"], arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PIPELINE"] = LiveRun.Program;
        return start;
    }
}
