using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Applications that a pipeline is put into.</summary>
internal static class Applications
{
    /// <summary>A host that logs into a book alone.</summary>
    public static IHost With(Action<IServiceCollection> add, LogBook? log = null, TimeSpan? shutdownTimeout = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(log ?? new LogBook());
        if (shutdownTimeout is { } patience) builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = patience);
        add(builder.Services);
        return builder.Build();
    }
}
