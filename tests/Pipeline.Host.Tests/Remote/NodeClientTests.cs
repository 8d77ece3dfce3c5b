using Pipeline.Host.Schema;
using Pipeline.Host.Server;
using Pipeline.Host.Registry;
using Pipeline.Host.Remote;
using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

/// <summary>Nodes that are not there, and servers that are no nodes.</summary>
public sealed class NodeClientTests
{
    private const string Ok = "HTTP/1.1 200 OK\nContent-Type: application/json\n";

    [Fact]
    public async Task Where_nobody_is_it_is_said_which_address_and_what_to_do()
    {
        string url;
        using (var gone = new ScriptedServer("")) url = gone.Url;
        var me = new Operator(url);

        Assert.Equal(69, await me.Runs("rules", "list"));

        Assert.Equal($"error: nothing answers at {url} (Connection refused); start a run with --dashboard ADDR:PORT, or say where one is with --node (`pipeline ps` shows those of this host)\n", me.Error);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\n")]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 500\n\n{")]
    [InlineData(Ok + "Content-Length: 2\n\n{}")]
    [InlineData(Ok + "Content-Length: 4\n\nnull")]
    [InlineData(Ok + "Content-Length: 7\n\n<html/>")]
    [InlineData(Ok + "Content-Length: 99999999999\n\n{")]
    [InlineData(Ok + "Content-Length: 28\n\n{\"generation\":\"not a number\"}")]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Type: text/html\nContent-Length: 7\n\n<html/>")]
    [InlineData("HTTP/1.1 500 Oops\nContent-Type: application/problem+json\nContent-Length: 2\n\n{}")]
    [InlineData("HTTP/1.1 302 Found\nLocation: http://127.0.0.1:1/\nContent-Length: 0\n\n")]
    public async Task What_is_no_pipeline_is_called_so(string answer)
    {
        using var server = new ScriptedServer(answer);
        var me = new Operator(server.Url);

        Assert.Equal(69, await me.Runs("rules", "list", "--timeout", "30s"));

        Assert.StartsWith($"error: what answers at {server.Url} is no pipeline, or another version of it: ", me.Error);
        Assert.Equal(1, me.Error.Count(c => c == '\n'));
        Assert.Empty(me.Out);
    }

    [Theory]
    [InlineData("", "; --timeout S waits longer", "rules", "list")]
    [InlineData("", "; whether it did what it was asked for is not known", "rules", "rollback", "1")]
    [InlineData(Ok + "\n{", "; --timeout S waits longer", "rules", "list")]
    public async Task Whoever_does_not_answer_is_not_waited_for_longer_than_the_timeout(string begins, string said, params string[] arguments)
    {
        using var server = new ScriptedServer(begins, ScriptedServer.Then.IsSilent);
        var me = new Operator(server.Url);

        Assert.Equal(69, await me.Runs([.. arguments, "--timeout", "100ms"]));

        Assert.Equal($"error: {server.Url} has not answered within 0.1 s{said}\n", me.Error);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_its_end()
    {
        using var server = new ScriptedServer(Ok + "\n", ScriptedServer.Then.GoesOn);
        using var client = new NodeClient(NodeAddress.Of(server.Url, new Dictionary<string, string>(), new RunningPipelines([])), null, ServedRun.Patience, mostAnswerBytes: 2 << 20);

        var error = await Assert.ThrowsAsync<NodeException>(() => client.Get<RulesJson>("api/v1/rules"));

        Assert.EndsWith("more than 2 MiB", error.Message);
    }

    [Fact]
    public async Task Words_of_a_server_cannot_drive_the_terminal()
    {
        using var server = Refusing("""{"title":"x","status":409,"detail":"\u001b[2J\u009b2J\nowned"}""");
        var me = new Operator(server.Url);

        Assert.Equal(1, await me.Runs("rules", "list"));

        Assert.Equal("error: \uFFFD[2J\uFFFD2J\uFFFDowned\n", me.Error);
    }

    [Fact]
    public async Task Earlier_rules_that_have_errors_by_now_are_invalid_input()
    {
        using var server = Refusing(
            """{"title":"x","status":422,"detail":"they have errors","diagnostics":[{"severity":"error","line":9,"column":-3,"length":1,"message":"this run reads that file"}]}""");
        var me = new Operator(server.Url);

        Assert.Equal(65, await me.Runs("rules", "rollback", "1"));

        Assert.Equal("error: they have errors: this run reads that file\n", me.Error);
    }

    [Fact]
    public async Task Places_that_are_not_in_the_text_do_no_harm()
    {
        using var server = Refusing(
            """{"title":"x","status":422,"detail":"no","diagnostics":[{"severity":"error","line":-9,"column":2147483647,"length":-1,"message":"a"},{"severity":"error","line":2147483647,"column":-2147483648,"length":2147483647,"message":"b"}]}""");
        var me = new Operator(server.Url) { Input = "one\ntwo" };

        Assert.Equal(65, await me.Runs("rules", "apply", "-"));

        Assert.EndsWith("error: no\n", me.Error);
    }

    [Fact]
    public async Task A_pipeline_that_is_being_put_together_is_not_there_yet()
    {
        await using var server = await DashboardServer.Start(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), new());
        var me = new Operator(server.Url);

        Assert.Equal(69, await me.Runs("consumers", "list"));

        Assert.Contains("the pipeline is starting", me.Error);
    }

    /// <summary>One that says no, whatever it is asked.</summary>
    private static ScriptedServer Refusing(string problem) =>
        new($"HTTP/1.1 {System.Text.Json.JsonDocument.Parse(problem).RootElement.GetProperty("status")} No\nContent-Type: application/problem+json\nContent-Length: {problem.Length}\n\n{problem}");
}
