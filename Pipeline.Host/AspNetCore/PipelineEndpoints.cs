using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pipeline.Actors;
using Pipeline.Actors.Hosting;
using Pipeline.Host.Running;
using Pipeline.Host.Server;

namespace Pipeline.AspNetCore;

/// <summary>Serves a hosted pipeline in an application of one's own.</summary>
public static class PipelineEndpoints
{
    /// <summary>
    /// Maps the page, the API (<c>api/v1</c>), <c>metrics</c> and <c>health</c> of a pipeline that <c>AddPipeline</c> added, below a path.
    /// Until the host has started the pipeline, they answer that it is starting (503).
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">The path, such as <c>/pipeline</c>.</param>
    /// <param name="configure">Says which pipeline, and who may do what; null for what <see cref="PipelineEndpointOptions"/> says.</param>
    /// <returns>All of them together, such as for <c>RequireAuthorization</c>.</returns>
    /// <exception cref="ArgumentException">The path does not begin with a slash, or ends with one.</exception>
    /// <exception cref="InvalidOperationException">There is no such pipeline.</exception>
    public static IEndpointConventionBuilder MapPipeline(
        this IEndpointRouteBuilder endpoints, string path = "/pipeline", Action<PipelineEndpointOptions>? configure = null)
    {
        if (!path.StartsWith('/') || path.EndsWith('/')) throw new ArgumentException($"`{path}`: expected a path such as /pipeline", nameof(path));
        var options = new PipelineEndpointOptions();
        configure?.Invoke(options);
        var services = endpoints.ServiceProvider;
        var pipeline = options.Pipeline is { } name ? services.GetRequiredKeyedService<IPipeline>(name) : services.GetRequiredService<IPipeline>();
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var group = endpoints.MapGroup(path);
        var map = new EndpointMap(group, options.IsReadOnly, stopping)
        {
            Guard = new Guard(new EmbeddedGate(options.IsReadOnly), path),
            PolicyOf = options.PolicyOf,
        };
        Endpoints.Map(map, new Attached { Find = () => Started(pipeline) is { } run ? new Run(run) : null }, ServerBounds.Usual);
        return group;
    }

    private static PipelineRun? Started(IPipeline pipeline)
    {
        try
        {
            return pipeline.Run;
        }
        catch (InvalidOperationException)
        {
            // The host has not started it yet.
            return null;
        }
    }
}
