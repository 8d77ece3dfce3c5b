using System.Numerics;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>
/// Bit sets that are tested before the maps of all tuples. Each key sets one bit, and there are 32 to 64 times as many bits as keys. Nearly
/// all packets match almost none of the tuples. A single load shows that, whereas a look-up in a map is a call. The sets lie one after the
/// other in one value of an array, because a program reaches that without a look-up.
/// </summary>
internal sealed class XdpSieves(List<EbpfMap> maps)
{
    private const int BitsPerKey = 32;

    /// <summary>2 MiB hold this many bits. Sieves of more than half a million keys let more packets through.</summary>
    private const int MostBits = 24;

    private const int LeastBits = 6;

    private readonly List<byte> _bytes = [];
    private int _map = -1;

    /// <summary>
    /// Makes a sieve. Its multipliers are drawn at random, so that no rule file can be crafted to fill it with a few keys.
    /// </summary>
    public XdpSieve Of(IReadOnlyList<TupleEntry> entries)
    {
        if (_map < 0)
        {
            _map = maps.Count;
            maps.Add(MapOf([]));
        }

        var bits = Math.Clamp(BitOperations.Log2((uint)Math.Min(entries.Count, 1 << MostBits) * BitsPerKey - 1) + 1, LeastBits, MostBits);
        var sieve = new XdpSieve(_map, _bytes.Count, bits, Multipliers(entries[0].Key.Count));
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

/// <summary>The place of a tuple's sieve.</summary>
/// <param name="Map">Its map's index among the program's maps.</param>
/// <param name="Offset">Bytes from the map's value to it.</param>
/// <param name="Bits">It has two to the power of this many bits.</param>
/// <param name="Multipliers">A key's words are multiplied by these. The upper bits of the sum are a bit's number.</param>
internal sealed record XdpSieve(int Map, int Offset, int Bits, ulong[] Multipliers)
{
    public int Shift => 64 - Bits;

    public ulong BitOf(TupleKey key)
    {
        var hash = 0ul;
        for (var i = 0; i < Multipliers.Length; i++) hash += key[i] * Multipliers[i];
        return hash >> Shift;
    }
}
