using Microsoft.Extensions.Hosting;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Setup;

// The namespace in which applications look for methods that begin with Add.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds pipelines to an application's services.</summary>
public static class PipelineServiceCollectionExtensions
{
    private const string DefaultName = "pipeline";

    /// <summary>Adds the application's pipeline, to be injected as <see cref="IPipeline"/>. It starts and drains with the host.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Describes the pipeline. Called when the host starts. If it throws, the host does not start.</param>
    /// <remarks>
    /// If an <c>ActorSystem</c> is among the services, as Akka.Hosting puts it there, the pipeline joins it; otherwise it has its own. When
    /// the host stops, the pipeline is drained before any other service stops, within the host's shutdown timeout.
    /// </remarks>
    /// <exception cref="InvalidOperationException">There is one already; further ones need a name.</exception>
    public static IServiceCollection AddPipeline(this IServiceCollection services, Action<PipelineBuilder> configure) =>
        services.AddPipeline((_, pipeline) => configure(pipeline));

    /// <inheritdoc cref="AddPipeline(IServiceCollection, Action{PipelineBuilder})"/>
    public static IServiceCollection AddPipeline(this IServiceCollection services, Action<IServiceProvider, PipelineBuilder> configure)
    {
        if (services.Any(s => s.ServiceType == typeof(IPipeline) && !s.IsKeyedService))
        {
            throw new InvalidOperationException(
                "There is a pipeline already; give each further one a name, as in AddPipeline(\"edge\", ...).");
        }

        services.AddSingleton<IPipeline>(provider => new HostedPipeline(DefaultName, configure, provider));
        return services.AddSingleton(provider => (IHostedService)provider.GetRequiredService<IPipeline>());
    }

    /// <summary>Adds a further pipeline, to be injected as a keyed <see cref="IPipeline"/> under its name.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">
    /// The service key, the log category (<c>Pipeline.NAME</c>), and the name of its actor: letters, digits, <c>-</c>, <c>_</c>, <c>.</c>.
    /// </param>
    /// <param name="configure">Describes the pipeline. Called when the host starts. If it throws, the host does not start.</param>
    /// <exception cref="InvalidOperationException">There is one of that name already.</exception>
    public static IServiceCollection AddPipeline(this IServiceCollection services, string name, Action<PipelineBuilder> configure) =>
        services.AddPipeline(name, (_, pipeline) => configure(pipeline));

    /// <inheritdoc cref="AddPipeline(IServiceCollection, string, Action{PipelineBuilder})"/>
    public static IServiceCollection AddPipeline(
        this IServiceCollection services, string name, Action<IServiceProvider, PipelineBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (services.Any(s => s.ServiceType == typeof(IPipeline) && s.IsKeyedService && Equals(s.ServiceKey, name)))
        {
            throw new InvalidOperationException($"There is a pipeline '{name}' already.");
        }

        services.AddKeyedSingleton<IPipeline>(name, (provider, _) => new HostedPipeline(name, configure, provider));
        return services.AddSingleton(provider => (IHostedService)provider.GetRequiredKeyedService<IPipeline>(name));
    }
}
