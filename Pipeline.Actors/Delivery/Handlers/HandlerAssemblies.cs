using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>The handler assemblies of one pipeline, each loaded once.</summary>
internal sealed class HandlerAssemblies : IDisposable
{
    private readonly Dictionary<string, HandlerAssembly> _loaded = [];

    private Action<HandlerFault>? _onFault;

    /// <param name="tell">Called for every exception from their code that nobody caught, on the thread that threw.</param>
    public void OnFault(Action<HandlerFault> tell)
    {
        lock (_loaded)
        {
            _onFault = tell;
            foreach (var assembly in _loaded.Values) assembly.OnFault(tell);
        }
    }

    /// <exception cref="HandlerException">The handler is not available.</exception>
    public Func<IPacketConsumer> Handler(string path, string type)
    {
        var key = FullPath.Of(path);
        lock (_loaded)
        {
            if (!_loaded.TryGetValue(key, out var assembly))
            {
                _loaded.Add(key, assembly = HandlerAssembly.Load(path));
                assembly.OnFault(_onFault);
            }

            return assembly.Handler(type);
        }
    }

    public void Dispose()
    {
        lock (_loaded)
        {
            foreach (var assembly in _loaded.Values) assembly.Dispose();
            _loaded.Clear();
        }
    }
}
