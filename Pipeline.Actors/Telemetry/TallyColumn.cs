using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// A tally for each of many rules, at one moment. Views of them stay in memory while somebody reads, so it is small: rules that matched
/// nothing cost nothing, and others half of a tally while they have counted less than 4 GiB. Immutable.
/// </summary>
internal sealed class TallyColumn
{
    /// <summary>Small enough that a run of rules without packets is likely, and that no array is a large object for the collector.</summary>
    private const int PerBlock = 256;

    public static readonly TallyColumn Empty = new([]);

    // For each block null if all of its tallies are zero, else packets and bytes in turn.
    private readonly Array?[] _blocks;

    private TallyColumn(ReadOnlySpan<PacketTally> tallies)
    {
        Count = tallies.Length;
        _blocks = new Array?[(Count + PerBlock - 1) / PerBlock];
        for (var i = 0; i < _blocks.Length; i++) _blocks[i] = Block(tallies[(i * PerBlock)..Math.Min(Count, (i + 1) * PerBlock)]);
    }

    public int Count { get; }

    public PacketTally this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            var at = 2 * (index % PerBlock);
            return _blocks[index / PerBlock] switch
            {
                uint[] narrow => new(narrow[at], narrow[at + 1]),
                long[] wide => new(wide[at], wide[at + 1]),
                _ => default,
            };
        }
    }

    public static TallyColumn Of(ReadOnlySpan<PacketTally> tallies) => tallies.IsEmpty ? Empty : new(tallies);

    private static Array? Block(ReadOnlySpan<PacketTally> tallies)
    {
        var most = 0L;
        foreach (var tally in tallies) most |= tally.Packets | tally.Bytes;
        return most == 0 ? null : most is > 0 and <= uint.MaxValue ? Narrow(tallies) : Wide(tallies);
    }

    private static uint[] Narrow(ReadOnlySpan<PacketTally> tallies)
    {
        var block = new uint[2 * tallies.Length];
        for (var i = 0; i < tallies.Length; i++) (block[2 * i], block[(2 * i) + 1]) = ((uint)tallies[i].Packets, (uint)tallies[i].Bytes);
        return block;
    }

    private static long[] Wide(ReadOnlySpan<PacketTally> tallies)
    {
        var block = new long[2 * tallies.Length];
        for (var i = 0; i < tallies.Length; i++) (block[2 * i], block[(2 * i) + 1]) = (tallies[i].Packets, tallies[i].Bytes);
        return block;
    }
}
