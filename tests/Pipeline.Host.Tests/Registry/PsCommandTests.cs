using System.Text.Json;
using Pipeline.Host.Commands;
using Pipeline.Host.Registry;
using Pipeline.Host.Schema;
using Pipeline.Host.Tests.Server;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Registry;

public sealed class PsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Screen _screen = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_running_pipeline_has_a_line()
    {
        using var edge = Claim("edge", "http://127.0.0.1:8480");
        using var quiet = Claim("quiet", null);

        Assert.Equal(0, await Runs("ps"));

        Assert.Matches($"^name +pid +source +server +since\nedge +{Environment.ProcessId} +eth0 +http://127.0.0.1:8480 +1970-01-01 00:00:00 UTC\nquiet +[0-9]+ +eth0 +- +1970", _screen.Out);
    }

    [Fact]
    public async Task A_script_gets_them_as_JSON()
    {
        using var edge = Claim("edge", "http://127.0.0.1:8480");

        Assert.Equal(0, await Runs("ps", "--json"));

        var entry = JsonDocument.Parse(_screen.Out).RootElement.GetProperty("pipelines")[0];
        Assert.Equal(("edge", "eth0"), (entry.GetProperty("name").GetString(), entry.GetProperty("interfaces")[0].GetString()));
    }

    [Fact]
    public async Task Where_none_runs_that_is_said()
    {
        Assert.Equal(0, await Runs("ps"));

        Assert.Equal(("", "no pipeline that has a server or reads an interface runs on this host\n"), (_screen.Out, _screen.Error));
    }

    [Fact]
    public async Task A_name_is_taken_wherever_an_address_is()
    {
        await using var served = await ServedRun.Start();
        using var edge = Claim("edge", served.Url);

        Assert.Equal(0, await Runs("rules", "list", "--text", "--node", "edge"));

        Assert.Equal(ServedRun.Rules, _screen.Out);
    }

    [Fact]
    public async Task A_pipeline_without_a_server_cannot_be_asked()
    {
        using var quiet = Claim("quiet", null);

        Assert.Equal(69, await Runs("rules", "list", "--node", "quiet"));

        Assert.StartsWith("error: pipeline quiet (pid ", _screen.Error);
    }

    [Fact]
    public async Task A_pipeline_that_has_ended_is_not_taken_for_a_host()
    {
        NameClaim.Take(Pipelines, Entry("edge", "http://127.0.0.1:8480") with { Pid = int.MaxValue });

        Assert.Equal(69, await Runs("rules", "list", "--node", "edge"));

        Assert.StartsWith("error: pipeline edge (pid 2147483647) has ended; a host of that name is http://edge:8480", _screen.Error);
    }

    [FactThatNeeds(Need.Root)]
    public async Task A_pipeline_of_another_user_is_not_taken_for_a_host()
    {
        using var edge = Claim("edge", "http://127.0.0.1:8480");
        Assert.Equal(0, Tool.Run("chown", "65534", RunningPipelines.FileOf(_folder.FullName, "edge")).ExitCode);

        Assert.Equal(69, await Runs("rules", "list", "--node", "edge"));

        Assert.StartsWith("error: pipeline edge is another user's; ", _screen.Error);
    }

    private NameClaim Claim(string name, string? url) => NameClaim.Take(Pipelines, Entry(name, url));

    private static PipelineJson Entry(string name, string? url) =>
        new(name, Environment.ProcessId, ProcessStart.OfThisProcess, url, ["eth0"], "eth0", DateTimeOffset.UnixEpoch);

    private RunningPipelines Pipelines => new([_folder.FullName]);

    private Task<int> Runs(params string[] arguments) => new CommandLine(_screen.Terminal, new Parts { FindPipelines = _ => Pipelines }).Execute(arguments);
}
