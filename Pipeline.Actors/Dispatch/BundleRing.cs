using System.Diagnostics;
using System.Runtime.InteropServices;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// A bounded queue of bundles for any number of producers and consumers, without locks. Each slot carries a ticket that says whose turn it
/// is (D. Vyukov's bounded MPMC queue). Putting a bundle in takes one interlocked operation, and so does taking one out.
/// </summary>
/// <remarks>
/// Several consumers are allowed only so that anyone who notices a closing mailbox can empty it without losing a bundle. In normal
/// operation there is one.
/// </remarks>
[DebuggerDisplay("{Count} of {Capacity} bundles")]
internal sealed class BundleRing
{
    private readonly Slot[] _slots;
    private readonly int _mask;
    private Position _tail;
    private Position _head;

    /// <param name="capacity">Bundles; rounded up to a power of two.</param>
    public BundleRing(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _slots = new Slot[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _slots.Length - 1;
        for (var i = 0; i < _slots.Length; i++) _slots[i].Ticket = i;
    }

    public int Capacity => _slots.Length;

    /// <summary>The number of bundles inside. While others work on the ring it is only a snapshot.</summary>
    public int Count => (int)Math.Max(0, Volatile.Read(ref _tail.Value) - Volatile.Read(ref _head.Value));

    /// <summary>The number of bundles that were taken out, since the ring was made. Any thread.</summary>
    public long Taken => Volatile.Read(ref _head.Value);

    public bool IsEmpty => Volatile.Read(ref _head.Value) >= Volatile.Read(ref _tail.Value);

    /// <summary>
    /// When the first waiting bundle was begun (<see cref="PageBundle.StartedAt"/>); null when none waits. Any thread. Reading does not
    /// disturb those who work on the ring.
    /// </summary>
    public long? OldestStartedAt
    {
        get
        {
            while (true)
            {
                var position = Volatile.Read(ref _head.Value);
                ref var slot = ref _slots[position & _mask];
                if (Volatile.Read(ref slot.Ticket) != position + 1) return null;
                var startedAt = Volatile.Read(ref slot.Bundle)?.StartedAt;

                // If the bundle was taken meanwhile, it may belong to someone else already, and the value that was read means nothing.
                Interlocked.MemoryBarrier();
                if (startedAt is not null && Volatile.Read(ref _head.Value) == position) return startedAt;
            }
        }
    }

    /// <returns>False when the ring is full; the bundle is still the caller's.</returns>
    public bool TryEnqueue(PageBundle bundle)
    {
        var position = Volatile.Read(ref _tail.Value);
        while (true)
        {
            ref var slot = ref _slots[position & _mask];
            var turn = Volatile.Read(ref slot.Ticket) - position;
            if (turn < 0) return false;
            if (turn == 0 && Interlocked.CompareExchange(ref _tail.Value, position + 1, position) == position)
            {
                slot.Bundle = bundle;
                Volatile.Write(ref slot.Ticket, position + 1);
                return true;
            }

            position = Volatile.Read(ref _tail.Value);
        }
    }

    /// <returns>False when the ring is empty, or its next bundle is not completely in yet.</returns>
    public bool TryDequeue(out PageBundle? bundle)
    {
        var position = Volatile.Read(ref _head.Value);
        while (true)
        {
            ref var slot = ref _slots[position & _mask];
            var turn = Volatile.Read(ref slot.Ticket) - (position + 1);
            if (turn < 0)
            {
                bundle = null;
                return false;
            }

            if (turn == 0 && Interlocked.CompareExchange(ref _head.Value, position + 1, position) == position)
            {
                bundle = slot.Bundle;
                slot.Bundle = null;
                Volatile.Write(ref slot.Ticket, position + _slots.Length);
                return true;
            }

            position = Volatile.Read(ref _head.Value);
        }
    }

    private struct Slot
    {
        public long Ticket;
        public PageBundle? Bundle;
    }

    // Producers and the consumer each have a cache line of their own. One line between them defeats the neighbour prefetcher.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Position
    {
        [FieldOffset(64)]
        public long Value;
    }
}
