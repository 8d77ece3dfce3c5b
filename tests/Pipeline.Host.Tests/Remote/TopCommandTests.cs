using System.Text.Json;
using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

public sealed class TopCommandTests
{
    [Fact]
    public async Task Without_a_terminal_the_figures_are_text()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("top"));

        Assert.StartsWith($"pipeline {served.Url.TrimEnd('/')}   up ", me.Out);
        Assert.Contains("received 100 = delivered 25 + passed 75 + dropped 0 + in flight 0  ✓ balanced", me.Out);
        Assert.Matches("(?m)^dns +bypass +running +25 ", me.Out);
        Assert.DoesNotContain('\e', me.Out);
    }

    [Fact]
    public async Task As_often_as_was_asked_also_on_a_terminal()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { HasColours = true };

        Assert.Equal(0, await me.Runs("top", "-i", "50ms", "-n", "3"));

        Assert.Equal(3, me.Out.Split("✓ balanced").Length - 1);
        Assert.DoesNotContain('\e', me.Out);
    }

    [Fact]
    public async Task For_a_script_each_snapshot_is_a_line_until_the_run_ends()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);
        Assert.Equal(0, await me.Runs("top", "-i", "50ms", "-n", "2", "--json"));
        Assert.All(Snapshots(me), s => Assert.False(s.GetProperty("atRest").GetBoolean()));
        Assert.Equal(2, Snapshots(me).Count);

        served.Run.Drain();
        await served.Run.Completion.WaitAsync(ServedRun.Patience);
        Assert.Equal(0, await me.Runs("top", "--json"));

        Assert.True(Assert.Single(Snapshots(me)).GetProperty("atRest").GetBoolean());
    }

    [Fact]
    public async Task Where_nobody_answers_there_is_no_screen()
    {
        var me = new Operator("http://127.0.0.1:1") { HasColours = true };

        Assert.Equal(69, await me.Runs("top"));

        Assert.Empty(me.Out);
        Assert.Contains("nothing answers at http://127.0.0.1:1", me.Error);
    }

    private static List<JsonElement> Snapshots(Operator me) => [.. me.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
}
