using System.Diagnostics;
using Pipeline.Nic.Pages;

namespace Pipeline.Host.Benching;

/// <summary>Times two things in turns, so that other work of the machine affects both alike.</summary>
internal static class Stopwatches
{
    private const int FewestRounds = 5;

    /// <param name="subject">The code to time, for one bundle.</param>
    /// <param name="reference">The code to compare it with.</param>
    /// <returns>The median of each in nanoseconds per packet.</returns>
    public static (double Subject, double Reference) Compare(PacketSet packets, Action<PageBundle> subject, Action<PageBundle> reference, TimeSpan time)
    {
        List<double> subjects = [], references = [];
        for (var warm = 0; warm < 1; warm++) Turn();
        subjects.Clear();
        references.Clear();
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (subjects.Count < FewestRounds || Stopwatch.GetTimestamp() < end) Turn();
        return (Median(subjects), Median(references));

        void Turn()
        {
            references.Add(Time(packets.Next(), reference));
            subjects.Add(Time(packets.Next(), subject));
        }
    }

    private static double Time(ReadOnlySpan<PageBundle> bundles, Action<PageBundle> action)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var bundle in bundles) action(bundle);
        return (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency / PacketSet.Batch;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
