using System.Runtime.InteropServices;

namespace Pipeline.Bench;

/// <summary>
/// The cheapest handoff there can be: a ring between one producer and one consumer, with no interlocked operation. Each side remembers
/// where it last saw the other, and looks again only when it must.
/// </summary>
internal sealed class SpscRing<T>
    where T : class
{
    private readonly T?[] _slots;
    private readonly int _mask;
    private RingSide _producer;
    private RingSide _consumer;

    /// <param name="capacity">A power of two.</param>
    public SpscRing(int capacity)
    {
        _slots = new T?[capacity];
        _mask = capacity - 1;
    }

    /// <summary>Only for the producer.</summary>
    public bool TryPut(T item)
    {
        var position = _producer.Position;
        if (position - _producer.Other == _slots.Length)
        {
            _producer.Other = Volatile.Read(ref _consumer.Position);
            if (position - _producer.Other == _slots.Length) return false;
        }

        _slots[position & _mask] = item;
        Volatile.Write(ref _producer.Position, position + 1);
        return true;
    }

    /// <summary>Only for the consumer.</summary>
    public bool TryTake(out T? item)
    {
        var position = _consumer.Position;
        item = null;
        if (position == _consumer.Other)
        {
            _consumer.Other = Volatile.Read(ref _producer.Position);
            if (position == _consumer.Other) return false;
        }

        item = _slots[position & _mask];
        Volatile.Write(ref _consumer.Position, position + 1);
        return true;
    }
}

// A cache line for each side, and one between them for the neighbour prefetcher. It is outside the ring, because a generic type must not
// have an explicit layout.
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct RingSide
{
    [FieldOffset(64)]
    public long Position;

    [FieldOffset(72)]
    public long Other;
}
