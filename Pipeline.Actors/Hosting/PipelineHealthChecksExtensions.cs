using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pipeline.Actors;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Telemetry;

// The namespace in which applications look for methods that begin with Add.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a pipeline's health to an application's.</summary>
public static class PipelineHealthChecksExtensions
{
    /// <summary>The tag of the check that says whether the pipeline lives. One that does not can only be started again.</summary>
    public const string LiveTag = "live";

    /// <summary>The tag of the check that says whether the pipeline does its work now.</summary>
    public const string ReadyTag = "ready";

    /// <summary>
    /// Adds two checks, <c>NAME-live</c> and <c>NAME-ready</c>, with the tags <see cref="LiveTag"/> and <see cref="ReadyTag"/>. Their
    /// descriptions have the reasons, and so has <c>reasons</c> of their data (<see cref="PipelineHealth"/>).
    /// </summary>
    /// <param name="builder">The application's checks.</param>
    /// <param name="name">The name that the pipeline was added under; null for the one without a name.</param>
    /// <param name="failureStatus">What a check reports that finds a reason; null for unhealthy.</param>
    public static IHealthChecksBuilder AddPipeline(this IHealthChecksBuilder builder, string? name = null, HealthStatus? failureStatus = null)
    {
        Add("live", LiveTag, run => run is null ? PipelineHealth.Ready : PipelineHealth.OfLife(run.Silence));
        Add("ready", ReadyTag, run => run is null ? PipelineHealth.Starting : PipelineHealth.Of(run.View()));
        return builder;

        void Add(string what, string tag, Func<PipelineRun?, PipelineHealth> judge) => builder.Add(new HealthCheckRegistration(
            $"{name ?? "pipeline"}-{what}",
            services => new PipelineHealthCheck(name is null ? services.GetRequiredService<IPipeline>() : services.GetRequiredKeyedService<IPipeline>(name), judge),
            failureStatus,
            [tag]));
    }
}
