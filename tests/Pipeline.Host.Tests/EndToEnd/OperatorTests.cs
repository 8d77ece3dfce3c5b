using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>The program asking the program: one process runs a pipeline, others look at it and change it.</summary>
public sealed class OperatorTests : IAsyncLifetime
{
    private readonly RunningProgram _run = RunningProgram.Start("run", "-r", "-", "--dashboard", "127.0.0.1:0");
    private string _url = "";

    /// <summary>The head of a capture is enough for a run to begin, and without a packet it stays as it is.</summary>
    public async Task InitializeAsync()
    {
        await _run.Feed(new CaptureBytes().PcapHeader().ToArray());
        _url = (await _run.LineWith("dashboard ")).Split(' ')[1];
    }

    public Task DisposeAsync()
    {
        _run.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void Rules_come_through_a_pipe_and_into_force()
    {
        var result = BuiltProgram.Shell($"export PIPELINE_NODE={_url}\necho 'rule ip match 12:ffff:0800 mark 1' | pipeline rules apply - && pipeline rules list --text");

        Assert.Equal((0, "rules: generation 2 in force: 1 added (ip); running only\nrule ip match 12:ffff:0800 mark 1\n", ""), (result.ExitCode, result.Output, result.Errors));
    }

    [Fact]
    public void Lines_end_when_their_reader_has_had_enough()
    {
        var result = BuiltProgram.Shell($"set -o pipefail\npipeline stats -i 0.05 --node {_url} | head -n 2");

        Assert.Equal((0, 2, ""), (result.ExitCode, result.Output.Count(c => c == '\n'), result.Errors));
    }

    [Fact]
    public async Task An_interrupt_ends_a_command_that_would_go_on()
    {
        using var stats = RunningProgram.Start("stats", "-i", "0.05", "--node", _url);
        await stats.Output.ReadLineAsync().WaitAsync(RunningProgram.Patience);

        stats.Signal("INT");

        Assert.Equal((130, ""), await stats.End());
    }

    [Fact]
    public async Task A_command_loads_nothing_of_the_server()
    {
        using var stats = RunningProgram.Start("stats", "-i", "0.05", "--node", _url);
        await stats.Output.ReadLineAsync().WaitAsync(RunningProgram.Patience);

        var loaded = await File.ReadAllTextAsync($"/proc/{stats.Id}/maps");

        Assert.Contains("/System.Net.Http.dll", loaded);
        Assert.DoesNotContain("/Microsoft.AspNetCore.", loaded);
    }
}
