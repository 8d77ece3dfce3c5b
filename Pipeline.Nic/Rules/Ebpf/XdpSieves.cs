using System.Numerics;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>
/// Bits in front of the maps of all tuples, one set for each key and 32 to 64 times as many in all: nearly all packets match nearly none of
/// the tuples, and a load says so where a map's look-up is a call. They lie one behind the other in one value of an array, because a
/// program reaches that without a look-up.
/// </summary>
internal sealed class XdpSieves(List<EbpfMap> maps)
{
    private const int BitsPerKey = 32;

    /// <summary>As many as 2 MiB hold; sieves of more than half a million keys let more packets through.</summary>
    private const int MostBits = 24;

    private const int LeastBits = 6;

    private readonly List<byte> _bytes = [];
    private int _map = -1;

    /// <summary>Makes a sieve. Its multipliers are drawn at random, so that no rule file can be made to fill it with a few keys.</summary>
    public XdpSieve Of(IReadOnlyList<TupleEntry> entries)
    {
        if (_map < 0)
        {
            _map = maps.Count;
            maps.Add(MapOf([]));
        }

        var bits = Math.Clamp(BitOperations.Log2((uint)Math.Min(entries.Count, 1 << MostBits) * BitsPerKey - 1) + 1, LeastBits, MostBits);
        var sieve = new XdpSieve(_map, _bytes.Count, bits, Multipliers(entries[0].Key.Words.Length));
        var bytes = new byte[1 << (bits - 3)];
        foreach (var entry in entries)
        {
            var bit = sieve.BitOf(entry.Key);
            bytes[bit / 8] |= (byte)(1 << (int)(bit % 8));
        }

        _bytes.AddRange(bytes);
        return sieve;
    }

    /// <summary>Fills the map, once all sieves are made.</summary>
    public void Complete()
    {
        if (_map >= 0) maps[_map] = MapOf([.. _bytes]);
    }

    private static EbpfMap MapOf(byte[] bytes) =>
        new("sieves", EbpfMapType.Array, sizeof(uint), bytes.Length, 1, new byte[sizeof(uint)], bytes);

    private static ulong[] Multipliers(int words)
    {
        var multipliers = new ulong[words];
        for (var i = 0; i < words; i++) multipliers[i] = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
        return multipliers;
    }
}

/// <summary>Where a tuple's sieve is.</summary>
/// <param name="Map">Its place among the program's maps.</param>
/// <param name="Offset">Bytes from the map's value to it.</param>
/// <param name="Bits">It has two to the power of so many.</param>
/// <param name="Multipliers">What a key's words are multiplied with; the sum's upper bits are a bit's number.</param>
internal sealed record XdpSieve(int Map, int Offset, int Bits, ulong[] Multipliers)
{
    public int Shift => 64 - Bits;

    public ulong BitOf(TupleKey key)
    {
        var hash = 0ul;
        for (var i = 0; i < Multipliers.Length; i++) hash += key.Words[i] * Multipliers[i];
        return hash >> Shift;
    }
}
