using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Schema;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Running;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class HealthTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/health/ready")]
    [InlineData("/health/live")]
    public async Task A_pipeline_at_work_is_well(string path)
    {
        await using var served = await ServedRun.Start();

        Assert.Equal("{\"status\":\"ok\",\"reasons\":[]}", await served.Client.GetStringAsync(path));
    }

    [Fact]
    public async Task A_pipeline_that_has_ended_lives_and_is_not_ready()
    {
        await using var served = await ServedRun.Start();
        served.Run.Drain();
        await served.Run.Completion.WaitAsync(ServedRun.Patience);

        using var ready = await served.Send(HttpMethod.Get, "/health/ready");
        using var live = await served.Send(HttpMethod.Get, "/health/live");

        Assert.Equal((503, 200), ((int)ready.StatusCode, (int)live.StatusCode));
        Assert.Contains("has ended", await ready.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Whoever_asks_while_the_figures_are_held_up_has_an_answer_within_a_second()
    {
        using var goOn = new ManualResetEventSlim();
        await using var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions());
        server.Attach(new FakeRun { Reading = () => goOn.Wait(ServedRun.Patience) });
        using var client = new HttpClient { BaseAddress = new Uri(server.Url), Timeout = ServedRun.Patience };

        using var ready = await client.GetAsync("/health/ready");
        using var live = await client.GetAsync("/health/live");

        goOn.Set();
        Assert.Equal((503, 200), ((int)ready.StatusCode, (int)live.StatusCode));
        Assert.Contains("could not be read within", await ready.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_pipeline_whose_control_actors_are_silent_does_not_live()
    {
        await using var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions());
        server.Attach(new FakeRun { Silence = TimeSpan.FromSeconds(45) });
        using var client = new HttpClient { BaseAddress = new Uri(server.Url), Timeout = ServedRun.Patience };

        using var live = await client.GetAsync("/health/live");

        Assert.Equal(503, (int)live.StatusCode);
        Assert.Contains("silent for 45 s", await live.Content.ReadAsStringAsync());
    }

    [Fact]
    public void An_open_ledger_is_told_with_its_figures() =>
        Assert.Equal(["the ledger does not balance: -5 packets in flight, at most 0 fit"], HealthJson.Of(PipelineHealth.Of(Views.Of(default, new(5, 300), default) with { AtRest = false })).Reasons);

    [Fact]
    public void Before_there_is_a_pipeline_it_is_not_ready() => Assert.False(HealthJson.Of(PipelineHealth.Starting).IsOk);
}
