using System.Text.Json;
using Pipeline.Host.Schema;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

public sealed class StatsCommandTests
{
    [Fact]
    public async Task A_heading_and_as_many_lines_as_were_asked_for()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("stats", "-i", "50ms", "-n", "3"));

        var lines = me.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^ +received/s +delivered/s +passed/s +dropped/s +lost/s +in-flight +gen +ledger$", lines[0]);
        Assert.All(lines[1..], l => Assert.Matches("^ +0 +0 +0 +0 +0 +0 +1  balanced$", l));
        Assert.Equal(4, lines.Length);
    }

    [Fact]
    public async Task For_a_script_each_line_is_an_object()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("stats", "-i", "0.05", "-n", "2", "--json"));

        var lines = me.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(2, lines.Count);
        Assert.All(lines, l => Assert.Equal((1, true, false), (l.GetProperty("generation").GetInt32(), l.GetProperty("balanced").GetBoolean(), l.GetProperty("atRest").GetBoolean())));
    }

    [Fact]
    public async Task The_end_of_the_run_is_the_end_of_the_lines()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);
        served.Run.Drain();
        await served.Run.Completion.WaitAsync(ServedRun.Patience);

        Assert.Equal(0, await me.Runs("stats", "-i", "50ms", "--json"));

        Assert.True(me.Json.GetProperty("atRest").GetBoolean());
    }

    [Fact]
    public async Task Rates_are_over_the_time_between_two_readings()
    {
        await using var served = await ServedRun.Start();
        var later = Snapshots.New(served.Run.View());
        var earlier = later with
        {
            ElapsedSeconds = later.ElapsedSeconds - 4,
            Ledger = later.Ledger with { Received = new TallyJson(60, 3600), Delivered = new TallyJson(5, 300), Passed = new PassedJson(55, 3300, 0, 0) },
        };

        var stats = StatsJson.Between(earlier, later);

        Assert.Equal((10.0, 5.0, 5.0, 0.0), (stats.Rates.Received, stats.Rates.Delivered, stats.Rates.Passed, stats.Rates.Dropped));
        Assert.Equal(4, stats.Seconds);
    }

    [Fact]
    public async Task A_run_that_began_anew_at_the_same_address_has_no_rates_below_zero()
    {
        await using var served = await ServedRun.Start();
        var later = Snapshots.New(served.Run.View());
        var earlier = later with { ElapsedSeconds = later.ElapsedSeconds - 1, Ledger = later.Ledger with { Received = new TallyJson(5000, 300_000) } };

        Assert.Equal(new StatsRatesJson(0, 0, 0, 0, 0), StatsJson.Between(earlier, later).Rates);
    }

    [Fact]
    public async Task Two_readings_at_the_same_moment_have_no_rates()
    {
        await using var served = await ServedRun.Start();
        var one = Snapshots.New(served.Run.View());

        Assert.Equal(new StatsRatesJson(0, 0, 0, 0, 0), StatsJson.Between(one, one).Rates);
    }
}
