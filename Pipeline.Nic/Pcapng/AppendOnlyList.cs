namespace Pipeline.Nic.Pcapng;

/// <summary>A list that only grows. One thread adds, any thread reads.</summary>
internal class AppendOnlyList<T>
    where T : class
{
    private T[] _items = new T[4];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <param name="index">Less than a <see cref="Count"/> seen before.</param>
    public T this[int index] => Volatile.Read(ref _items)[index];

    public void Add(T item)
    {
        if (_count == _items.Length)
        {
            var larger = new T[_count * 2];
            _items.CopyTo(larger, 0);
            Volatile.Write(ref _items, larger);
        }

        _items[_count] = item;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>The items known now. Items added later do not show in it.</summary>
    public IReadOnlyList<T> Snapshot()
    {
        // The count is read before the array: an array seen later holds at least as many.
        var count = Count;
        return new ArraySegment<T>(Volatile.Read(ref _items), 0, count);
    }
}
