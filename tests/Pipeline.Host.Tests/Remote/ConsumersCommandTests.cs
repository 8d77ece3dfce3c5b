using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

public sealed class ConsumersCommandTests
{
    [Fact]
    public async Task A_restart_says_when_it_happened()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("consumers", "restart", "dns"));
        Assert.Matches("^consumer dns was restarted at [0-9:]{8} UTC\n$", me.Out);
    }

    [Fact]
    public async Task The_list_shows_how_each_consumer_is()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("consumers", "list"));

        Assert.Matches("^consumer +kind +state +instances +restarts +queued +packets +pkt/s +dropped\n", me.Out);
        Assert.Matches("\ndns +bypass +running +1 +0 +0 +25 +[0-9.]+( k)? +0\n", me.Out);
    }

    [Fact]
    public async Task A_script_gets_the_consumers_of_the_snapshot()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("consumers", "list", "--json"));

        Assert.Equal(["watch", "dns", "stack"], me.Json.GetProperty("consumers").EnumerateArray().Select(c => c.GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task A_consumer_is_told_to_pause_and_does()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("consumers", "pause", "dns"));

        Assert.Equal("consumer dns was told to pause\n", me.Out);
        await using var events = await EventReader.Open(served, "?hz=20");
        while (!(await events.Next()).Data.Contains("\"actor\":\"dns-0\",\"state\":\"paused\"", StringComparison.Ordinal))
        {
        }

        Assert.Equal(0, await me.Runs("consumers", "resume", "dns", "--json"));
        Assert.Equal("resume", me.Json.GetProperty("told").GetString());
    }

    [Fact]
    public async Task A_consumer_has_as_many_instances_as_it_was_scaled_to()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("consumers", "scale", "dns", "3"));
        Assert.Equal("consumer dns: 3 instances\n", me.Out);
        Assert.Equal(0, await me.Runs("consumers", "scale", "dns", "2", "--json"));
        Assert.Equal((2, true), (me.Json.GetProperty("instances").GetInt32(), me.Json.GetProperty("done").GetBoolean()));
        Assert.Equal(0, await me.Runs("consumers", "list"));
        Assert.Matches("\ndns +bypass +running +2 ", me.Out);
    }

    [Fact]
    public async Task The_flows_of_a_running_pipeline_can_be_looked_at()
    {
        await using var served = await ServedRun.Start(handler: "flows");
        await served.Run.ScaleConsumer("dns", 2);
        await using var events = await EventReader.Open(served, "?hz=20");
        while (!(await events.Next()).Data.Contains("\"actor\":\"dns-1\",\"state\":\"running\"", StringComparison.Ordinal))
        {
        }

        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("consumers", "report", "dns"));

        var lines = me.Out.Split("\r\n");
        Assert.StartsWith("ether_type,protocol,source,", lines[0]);
        Assert.StartsWith("0x0800,udp,0.0.0.0,0,0.0.0.0,53,25,", lines[1]);
        Assert.Equal([""], lines[2..]);
        Assert.Equal("", me.Error);
        Assert.Equal(0, await me.Runs("consumers", "report", "dns", "--most", "5", "--json"));
        Assert.Equal((1, 2), (me.Json.GetProperty("total").GetInt32(), me.Json.GetProperty("instances").GetArrayLength()));
    }

    [Theory]
    [InlineData(1, "error: consumer dns has nothing to report", "dns")]
    [InlineData(1, "error: most=10001: expected a number of entries, 1 to 10000", "dns", "--most", "10001")]
    [InlineData(2, "error: --most 0: expected a number of entries, 1 or more", "dns", "--most", "0")]
    public async Task What_cannot_be_reported_says_why(int code, string why, params string[] arguments)
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(code, await me.Runs(["consumers", "report", .. arguments]));

        Assert.StartsWith(why, me.Error);
    }

    [Theory]
    [InlineData("error: there is no consumer nobody; there are watch, dns, file, stack\n", "pause", "nobody")]
    [InlineData("error: there is no consumer nobody; there are watch, dns, file, stack\n", "scale", "nobody", "2")]
    [InlineData("error: there is no consumer a b?c; there are watch, dns, file, stack\n", "pause", "a b?c")]
    [InlineData("error: consumer file writes files that are open already; only consumers that write none can get or lose instances\n", "scale", "file", "2")]
    [InlineData("error: consumer file writes a capture, and a new one would write over it; only bypass and stack consumers can be restarted\n", "restart", "file")]
    public async Task What_cannot_be_done_says_why(string why, params string[] arguments)
    {
        await using var served = await ServedRun.Start(writes: true);
        var me = new Operator(served);

        Assert.Equal(1, await me.Runs(["consumers", .. arguments]));

        Assert.Equal(why, me.Error);
    }
}
