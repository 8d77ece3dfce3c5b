using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

public sealed class ActorsCommandTests
{
    [Fact]
    public async Task In_a_pipe_each_actor_has_a_line_with_its_path()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("actors"));

        var lines = me.Out.Split('\n');
        Assert.Matches("^actor +kind +state +queued +most +bundles +restarts +cpu$", lines[0]);
        Assert.Matches("^/user/pipeline +root +running +- +- +- +0 +-  supervises the others, and checks the books once a second$", lines[1]);
        Assert.Matches("^/user/pipeline/router-pcap:0 +router +running +0 +[0-9]+ +[0-9]+ +0 +[0-9-]+  routes packets by generation 1$", lines[7]);
        Assert.Equal(["10 actors", ""], lines[11..]);
        Assert.DoesNotContain("\t", me.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_terminal_they_are_a_tree()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { HasColours = true };

        Assert.Equal(0, await me.Runs("actors"));

        var lines = me.Out.Split('\n');
        Assert.StartsWith("/user/pipeline ", lines[1]);
        Assert.StartsWith("├─ reclaimer ", lines[2]);
        Assert.StartsWith("└─ stack-0 ", lines[10]);
    }

    [Fact]
    public async Task A_script_gets_what_the_server_answers()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("actors", "--json"));

        var answer = await served.Json("/api/v1/actors");
        Assert.Equal(
            answer.EnumerateObject().Select(p => p.Name),
            me.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            answer.GetProperty("actors").EnumerateArray().Select(a => a.GetProperty("path").GetString()),
            me.Json.GetProperty("actors").EnumerateArray().Select(a => a.GetProperty("path").GetString()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, me.Json.GetProperty("actors")[0].GetProperty("mailbox").ValueKind);
    }
}
