using System.Collections.Concurrent;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Rules that turned out not to work for a link type. Only the first are kept, because a capture can have any number of link types. Any
/// thread.
/// </summary>
internal sealed class WarningList
{
    /// <summary>The most warnings kept. Of the rest only the number is known.</summary>
    public const int Most = 100;

    private readonly ConcurrentQueue<Diagnostic> _first = new();
    private int _count;

    public IEnumerable<string> Lines
    {
        get
        {
            var left = Volatile.Read(ref _count) - Most;
            return _first.Select(w => w.ToString())
                .Concat(left > 0 ? [$"warning: {left} more warnings of filters and link types are left out"] : []);
        }
    }

    /// <summary>The warnings that are kept.</summary>
    public IEnumerable<Diagnostic> First => _first;

    /// <summary>Takes over what another list has.</summary>
    public void Add(WarningList other)
    {
        Add(other.First);
        Interlocked.Add(ref _count, Math.Max(0, Volatile.Read(ref other._count) - Most));
    }

    public void Add(IEnumerable<Diagnostic> warnings)
    {
        foreach (var warning in warnings)
        {
            if (Interlocked.Increment(ref _count) <= Most) _first.Enqueue(warning);
        }
    }
}
