using System.Numerics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Finds a key's value with two loads that do not depend on each other: cuckoo hashing (R. Pagh, F. Rodler, 2001), where a key lies in one
/// of two slots. An empty slot holds <see cref="None"/>, so code need not tell it from a full one. A bit set with one bit per key, the
/// sieve, is tested first, because most packets match nothing.
/// </summary>
/// <remarks>
/// Hashes are multiply-shift with multipliers drawn at random, so that no rule file can be crafted to collide. Immutable. Compiled code
/// contains the address, so whoever holds the code must hold the table.
/// </remarks>
internal sealed class KeyTable
{
    /// <summary>The value of every key that is not in the table.</summary>
    public const uint None = uint.MaxValue;

    // Insertion ends after a few moves as long as less than half of the slots are taken. This many moves mean that it goes in circles.
    private const int MostMoves = 500;
    private const int TriesOfOneSize = 8;

    private const int FewestSkipped = 16;

    // One in 32 to 64 keys that are not in the table passes the sieve.
    private const int SieveBitsPerKey = 32;

    private readonly PinnedMemory _slots;
    private readonly PinnedMemory _sieve;
    private readonly int _bits;
    private readonly int _sieveBits;

    /// <param name="entries">Distinct keys of the same length.</param>
    /// <param name="values">For each of them.</param>
    /// <param name="isNarrow">Whether keys are one word of 32 bits. That halves the table.</param>
    public KeyTable(IReadOnlyList<TupleEntry> entries, uint[] values, bool isNarrow)
    {
        var words = entries[0].Key.Count;
        Skipped = [.. Enumerable.Range(0, words).Select(word => SkippedOf(entries, word))];
        _bits = BitOperations.Log2((uint)(entries.Count * 2.2)) + 1;
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
        for (var slot = 0; slot < owners.Length; slot++)
        {
            var owner = owners[slot];
            if (owner < 0) WriteEmpty(slot);
            else Write(slot, entries[owner].Key, values[owner], isNarrow);
        }

        _sieveBits = BitOperations.Log2((uint)entries.Count * SieveBitsPerKey - 1) + 1;
        _sieve = SieveOf(entries);
    }

    /// <summary>
    /// Bits at the lower end of each word that no key has, where they are many. They are skipped before a word is multiplied: from upper
    /// bits alone a product gets only upper bits, so keys of two such words would meet in a few slots however large the table is.
    /// </summary>
    public int[] Skipped { get; }

    /// <summary>The multipliers of the key's words for the first of its slots. The sum's upper bits are the slot.</summary>
    public ulong[] First { get; private set; } = [];

    public ulong[] Second { get; private set; } = [];

    /// <summary>How far the hash is shifted to the right.</summary>
    public int Shift => 64 - _bits;

    public int Slots => 1 << _bits;

    /// <summary>Bytes of a slot: the key, word by word, and the value after it.</summary>
    public int SlotBytes { get; }

    /// <summary>Bytes from a slot's beginning to its value.</summary>
    public int ValueAt { get; }

    public long Bytes => _slots.Length + _sieve.Length;

    /// <summary>The address of the slots. They do not move, and live as long as this object.</summary>
    public nint Address => _slots.Address;

    /// <summary>The address of the sieve: bits in words of 64. For each key the bit that the first hash names is set.</summary>
    public nint SieveAddress => _sieve.Address;

    /// <summary>How far the first hash is shifted to the right to be a bit's number.</summary>
    public int SieveShift => 64 - _sieveBits;

    private static ulong[] Multipliers(int words)
    {
        var multipliers = new ulong[words];
        for (var i = 0; i < words; i++) multipliers[i] = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
        return multipliers;
    }

    private static int SkippedOf(IReadOnlyList<TupleEntry> entries, int word)
    {
        var used = 0ul;
        foreach (var entry in entries) used |= entry.Key[word];
        return used != 0 && BitOperations.TrailingZeroCount(used) is >= FewestSkipped and var unused ? unused : 0;
    }

    /// <returns>For each slot the entry in it or -1; null when an entry finds no place.</returns>
    private int[]? Place(IReadOnlyList<TupleEntry> entries)
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

    private int SlotOf(TupleKey key, ulong[] multipliers) => (int)(Hash(key, multipliers) >> Shift);

    private ulong Hash(TupleKey key, ulong[] multipliers)
    {
        var hash = 0ul;
        for (var i = 0; i < multipliers.Length; i++) hash += (key[i] >> Skipped[i]) * multipliers[i];
        return hash;
    }

    private PinnedMemory SieveOf(IReadOnlyList<TupleEntry> entries)
    {
        var words = new ulong[Math.Max(1, (1 << _sieveBits) / 64)];
        foreach (var entry in entries)
        {
            var bit = Hash(entry.Key, First) >> SieveShift;
            words[bit / 64] |= 1ul << (int)(bit % 64);
        }

        return PinnedMemory.Of<ulong>(words);
    }

    private void WriteEmpty(int slot) => BitConverter.TryWriteBytes(SlotAt(slot)[ValueAt..], None);

    private void Write(int slot, TupleKey key, uint value, bool isNarrow)
    {
        var bytes = SlotAt(slot);
        BitConverter.TryWriteBytes(bytes[ValueAt..], value);
        if (isNarrow) BitConverter.TryWriteBytes(bytes, (uint)key[0]);
        else for (var i = 0; i < key.Count; i++) BitConverter.TryWriteBytes(bytes[(sizeof(ulong) * i)..], key[i]);
    }

    private Span<byte> SlotAt(int slot) => _slots.Bytes.Slice(slot * SlotBytes, SlotBytes);
}
