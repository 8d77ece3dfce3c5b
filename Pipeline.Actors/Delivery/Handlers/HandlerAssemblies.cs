using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>The handler assemblies of one pipeline, each loaded once.</summary>
internal sealed class HandlerAssemblies : IDisposable
{
    private readonly Dictionary<string, HandlerAssembly> _loaded = [];

    /// <exception cref="HandlerException">The handler cannot be had.</exception>
    public Func<IPacketConsumer> Handler(string path, string type)
    {
        var key = FullPath.Of(path);
        if (!_loaded.TryGetValue(key, out var assembly)) _loaded.Add(key, assembly = HandlerAssembly.Load(path));
        return assembly.Handler(type);
    }

    public void Dispose()
    {
        foreach (var assembly in _loaded.Values) assembly.Dispose();
        _loaded.Clear();
    }
}
