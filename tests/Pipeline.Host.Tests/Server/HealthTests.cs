using Pipeline.Host.Schema;
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
    public void An_open_ledger_is_told_with_its_figures() =>
        Assert.Equal(["the ledger does not balance: -5 packets in flight, at most 0 fit"], HealthJson.Of(Views.Of(default, new(5, 300), default) with { AtRest = false }).Reasons);

    [Fact]
    public void Before_there_is_a_pipeline_it_is_not_ready() => Assert.False(HealthJson.Of(null).IsOk);
}
