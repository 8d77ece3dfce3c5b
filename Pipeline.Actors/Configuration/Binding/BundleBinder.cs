using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>bundle { }</c>.</summary>
internal static class BundleBinder
{
    public static readonly IReadOnlyList<string> Keys = ["packets", "latency"];

    private static readonly Reading<int> Packets = Numbers.Between(1, BundleOptions.MostPackets);
    private static readonly Reading<TimeSpan> Latency = Durations.Between(TimeSpan.Zero, BundleOptions.LongestLatency, "of at most 1 s");

    public static BundleOptions Bind(Section section)
    {
        section.RejectUnknown(Keys);
        var defaults = new BundleOptions();
        return new BundleOptions
        {
            Packets = section.Has("packets") ? section.Read("packets", Packets, 1) : null,
            Latency = section.Read("latency", Latency, defaults.Latency),
        };
    }
}
