using System.Diagnostics;
using System.Numerics;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// How long bundles were on their way to one consumer instance: from when their router began to fill them to when the consumer took
/// them. One writer, with plain stores; readable by anyone. Counting costs no more than a look into a table.
/// </summary>
internal sealed class HandoffTimes
{
    // Octave by octave of a time in ticks, the first bucket it can belong to; at most two more have their end within the octave.
    private static readonly byte[] FirstOfOctave = [.. Enumerable.Range(0, 64).Select(o => (byte)HandoffBuckets.Ticks.TakeWhile(end => end < 1L << o).Count())];

    private readonly long[] _counts = new long[HandoffBuckets.Ticks.Length + 1];
    private long _ticks;

    /// <param name="ticks">Of <see cref="Stopwatch"/>; less than nothing counts as nothing.</param>
    public void Count(long ticks)
    {
        ticks = Math.Max(ticks, 0);
        var ends = HandoffBuckets.Ticks;
        int bucket = FirstOfOctave[BitOperations.Log2((ulong)ticks)];
        while (bucket < ends.Length && ticks > ends[bucket]) bucket++;
        _counts[bucket]++;
        _ticks += ticks;
    }

    public HandoffView Read()
    {
        var counts = new long[_counts.Length];
        for (var i = 0; i < counts.Length; i++) counts[i] = Volatile.Read(ref _counts[i]);
        return new HandoffView(counts, Volatile.Read(ref _ticks) / (double)Stopwatch.Frequency);
    }
}
