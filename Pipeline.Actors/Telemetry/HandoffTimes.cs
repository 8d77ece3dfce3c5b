using System.Diagnostics;
using System.Numerics;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// How long bundles were on their way to one consumer instance: from when their router began to fill them to when the consumer took them.
/// One writer, with plain stores; any thread reads. Counting costs no more than a table look-up.
/// </summary>
internal sealed class HandoffTimes
{
    // For each octave of a time in ticks, the first bucket that it can belong to. At most two more buckets end within the octave.
    private static readonly byte[] FirstOfOctave =
        [.. Enumerable.Range(0, 64).Select(o => (byte)HandoffBuckets.Ticks.TakeWhile(end => end < 1L << o).Count())];

    private readonly long[] _counts = new long[HandoffBuckets.Ticks.Length + 1];
    private long _ticks;

    /// <param name="ticks"><see cref="Stopwatch"/> ticks. A negative time counts as zero.</param>
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
