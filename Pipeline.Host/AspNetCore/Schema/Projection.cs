using System.Collections;

namespace Pipeline.Host.Schema;

/// <summary>
/// A list whose elements are made from those of another each time they are asked for. A client that does not read holds no list of its own
/// then. The other list must not change.
/// </summary>
internal sealed class Projection<TFrom, TTo>(IReadOnlyList<TFrom> from, Func<TFrom, TTo> make) : IReadOnlyList<TTo>
{
    public int Count => from.Count;

    public TTo this[int index] => make(from[index]);

    public IEnumerator<TTo> GetEnumerator()
    {
        for (var i = 0; i < from.Count; i++) yield return make(from[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Makes projections.</summary>
internal static class Projection
{
    public static Projection<TFrom, TTo> Of<TFrom, TTo>(IReadOnlyList<TFrom> from, Func<TFrom, TTo> make) => new(from, make);
}
