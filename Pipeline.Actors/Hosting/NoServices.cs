namespace Pipeline.Actors.Hosting;

/// <summary>The services of a pipeline that is started without a host: none.</summary>
internal sealed class NoServices : IServiceProvider
{
    public static readonly NoServices Instance = new();

    public object? GetService(Type serviceType) => null;
}
