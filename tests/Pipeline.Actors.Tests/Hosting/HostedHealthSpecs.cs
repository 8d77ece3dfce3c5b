using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Setup;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Actors.Tests.Hosting;

/// <summary>What <c>services.AddHealthChecks().AddPipeline()</c> tells.</summary>
public sealed class HostedHealthSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    [Fact]
    public async Task A_pipeline_is_ready_while_it_works_and_lives_before_and_after()
    {
        var nic = new FakeNic(long.MaxValue);
        using var host = With(p => p.ReceiveFrom(_ => nic).Handler<CountConsumer>("handler").Route(ToHandler));

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy, "the pipeline is starting"), await Of(host));
        await host.StartAsync();
        await Threads.Eventually(() => host.Services.GetRequiredService<IPipeline>().View().Ledger.Delivered.Packets > 0);
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Healthy, null), await Of(host));
        await host.StopAsync();
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy, "the pipeline has ended"), await Of(host));
    }

    [Fact]
    public async Task A_source_that_is_down_is_the_reason_for_not_being_ready()
    {
        var nic = new FakeNic(long.MaxValue);
        (nic[0].IsSilent, nic[0].Trouble) = (true, "wire0 is down");
        using var host = With(p => p.ReceiveFrom(_ => nic).Handler<CountConsumer>("handler").Route(ToHandler));

        await host.StartAsync();
        await Threads.Eventually(() => host.Services.GetRequiredService<IPipeline>().View().Queues[0].Trouble is not null);

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy, "source down: fake:0: wire0 is down"), await Of(host));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_pipeline_that_could_not_start_neither_lives_nor_is_ready()
    {
        using var host = With(p => p.ReceiveFrom(_ => new FakeNic(1)).Rules("rule dns match oops mark 1"));

        await Assert.ThrowsAsync<InvalidInputException>(() => host.StartAsync());
        var (live, ready, why) = await Of(host);

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy), (live, ready));
        Assert.StartsWith("the pipeline could not start: ", why);
    }

    private static IHost With(Action<PipelineBuilder> configure) => Applications.With(services =>
    {
        services.AddPipeline(configure);
        services.AddHealthChecks().AddPipeline();
    });

    /// <summary>The two judgements, by their tags, and the words of the second.</summary>
    private static async Task<(HealthStatus Live, HealthStatus Ready, string? Why)> Of(IHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        var (live, ready) = (report.Entries["pipeline-live"], report.Entries["pipeline-ready"]);
        Assert.Equal((PipelineHealthChecksExtensions.LiveTag, PipelineHealthChecksExtensions.ReadyTag), (live.Tags.Single(), ready.Tags.Single()));
        return (live.Status, ready.Status, ready.Description);
    }
}
