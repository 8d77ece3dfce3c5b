using System.Diagnostics;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Those that one router shows its packets to. Where there are none, that costs the router one look. Any thread adds and removes; the
/// router sees the change at its next packets and waits for nobody.
/// </summary>
[DebuggerDisplay("{All is null ? 0 : All.Length} ports")]
internal class PortList<T>
    where T : class
{
    /// <summary>Held by those who add and remove, and never by the router.</summary>
    private readonly Lock _lock = new();
    private volatile T[]? _all;

    /// <summary>Null for none. The array does not change.</summary>
    public T[]? All => _all;

    public void Add(T port)
    {
        lock (_lock) _all = [.. _all ?? [], port];
    }

    public void Remove(T port)
    {
        lock (_lock) _all = _all?.Where(p => p != port).ToArray() is { Length: > 0 } rest ? rest : null;
    }
}
