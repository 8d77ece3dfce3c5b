namespace Pipeline.Nic.Rules;

/// <summary>
/// How the tables grow that have an entry for each rule of a set. Those that double again and again leave as much garbage as they have
/// room in the end, and large arrays are let go of only by a full collection.
/// </summary>
internal static class Growth
{
    /// <summary>Up to here tables double, because few of them get larger.</summary>
    private const int Few = 2048;

    /// <summary>Makes room for all that may come, once there are more than a few.</summary>
    /// <param name="most">The most entries that there can be.</param>
    public static void MakeRoom<TKey, TValue>(Dictionary<TKey, TValue> table, int most)
        where TKey : notnull
    {
        if (table.Count == Few && most > Few) table.EnsureCapacity(most);
    }

    /// <inheritdoc cref="MakeRoom{TKey, TValue}"/>
    public static void MakeRoom<T>(List<T> list, int most)
    {
        if (list.Count == Few && most > Few) list.EnsureCapacity(most);
    }
}
