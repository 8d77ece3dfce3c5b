using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Hosting;

/// <summary>Judges one pipeline. It reads what is there and waits for nobody.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="judge">The judgement on its run; it gets null before the host has started that.</param>
internal sealed class PipelineHealthCheck(IPipeline pipeline, Func<PipelineRun?, PipelineHealth> judge) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = Judge();
        if (health.IsReady) return Task.FromResult(HealthCheckResult.Healthy());
        var data = new Dictionary<string, object> { ["reasons"] = health.Reasons };
        return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, string.Join("; ", health.Reasons), data: data));
    }

    private PipelineHealth Judge()
    {
        if (pipeline.Completion is { IsFaulted: true, Exception: { } why }) return new PipelineHealth([$"the pipeline could not start: {why.GetBaseException().Message.ReplaceLineEndings(" ")}"]);
        return judge((pipeline as HostedPipeline)?.Started);
    }
}
