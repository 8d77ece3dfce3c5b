namespace Pipeline.Nic.Rules.Compiled;

/// <summary>
/// Finds a key's value with two loads that do not depend on each other, and without a branch: cuckoo hashing (R. Pagh, F. Rodler, 2001),
/// where a key lies in one of two slots. An empty slot holds <see cref="None"/>, so it need not be told from a full one.
/// </summary>
/// <remarks>
/// Hashes are multiply-shift with multipliers drawn at random, so that no rule file can be made to collide. Immutable; compiled
/// code holds the address, and whoever holds the code holds the table.
/// </remarks>
internal sealed class KeyTable
{
    /// <summary>The value of every key that is not there.</summary>
    public const uint None = uint.MaxValue;

    // Insertion ends after a few moves as long as less than half of the slots are taken; this many mean that it goes in circles.
    private const int MostMoves = 500;
    private const int TriesOfOneSize = 8;

    private readonly PinnedMemory _slots;
    private readonly int _bits;

    /// <param name="entries">Distinct keys of the same length, and their values.</param>
    /// <param name="isNarrow">Whether keys are one word of 32 bits, which halves the table.</param>
    public KeyTable(IReadOnlyList<(TupleKey Key, uint Value)> entries, bool isNarrow)
    {
        var words = entries[0].Key.Words.Length;
        _bits = Math.Max(3, 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(entries.Count * 2.2)));
        int[]? owners = null;
        for (var tries = 0; owners is null; tries++)
        {
            if (tries > 0 && tries % TriesOfOneSize == 0) _bits++;
            (First, Second) = (Multipliers(words), Multipliers(words));
            owners = Place(entries);
        }

        ValueAt = isNarrow ? sizeof(uint) : sizeof(ulong) * words;
        SlotBytes = isNarrow ? 2 * sizeof(uint) : sizeof(ulong) * (words + 1);
        _slots = new PinnedMemory(owners.Length * SlotBytes);
        for (var slot = 0; slot < owners.Length; slot++) Write(slot, owners[slot] < 0 ? null : entries[owners[slot]], isNarrow);
    }

    /// <summary>What the key's words are multiplied with for the first of its slots; the sum's upper bits are the slot.</summary>
    public ulong[] First { get; private set; } = [];

    public ulong[] Second { get; private set; } = [];

    /// <summary>How far the hash is shifted to the right.</summary>
    public int Shift => 64 - _bits;

    public int Slots => 1 << _bits;

    /// <summary>A slot is the key, word by word, and the value behind it.</summary>
    public int SlotBytes { get; }

    /// <summary>Bytes from a slot's beginning to its value.</summary>
    public int ValueAt { get; }

    public long Bytes => (long)Slots * SlotBytes;

    /// <summary>Where the slots begin; they do not move, and stay as long as this object.</summary>
    public nint Address => _slots.Address;

    private static ulong[] Multipliers(int words)
    {
        var multipliers = new ulong[words];
        for (var i = 0; i < words; i++) multipliers[i] = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
        return multipliers;
    }

    /// <returns>For each slot the entry in it or -1; null when one finds no place.</returns>
    private int[]? Place(IReadOnlyList<(TupleKey Key, uint Value)> entries)
    {
        var owners = new int[Slots];
        owners.AsSpan().Fill(-1);
        for (var i = 0; i < entries.Count; i++)
        {
            var homeless = i;
            var slot = SlotOf(entries[i].Key, First);
            for (var moves = 0; homeless >= 0; moves++)
            {
                if (moves == MostMoves) return null;
                (homeless, owners[slot]) = (owners[slot], homeless);
                if (homeless >= 0) slot = OtherSlot(entries[homeless].Key, slot);
            }
        }

        return owners;
    }

    private int OtherSlot(TupleKey key, int slot)
    {
        var first = SlotOf(key, First);
        return first == slot ? SlotOf(key, Second) : first;
    }

    private int SlotOf(TupleKey key, ulong[] multipliers)
    {
        var hash = 0ul;
        for (var i = 0; i < multipliers.Length; i++) hash += key.Words[i] * multipliers[i];
        return (int)(hash >> Shift);
    }

    private void Write(int slot, (TupleKey Key, uint Value)? entry, bool isNarrow)
    {
        var bytes = _slots.Bytes.Slice(slot * SlotBytes, SlotBytes);
        BitConverter.TryWriteBytes(bytes[ValueAt..], entry?.Value ?? None);
        if (entry is not { Key: var key }) return;
        if (isNarrow) BitConverter.TryWriteBytes(bytes, (uint)key.Words[0]);
        else for (var i = 0; i < key.Words.Length; i++) BitConverter.TryWriteBytes(bytes[(8 * i)..], key.Words[i]);
    }
}
