using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Consumers.Flows;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds what is said about flows that consumers have seen enough of.</summary>
internal static class ReleaseBinder
{
    /// <summary>The keys of <c>released { }</c>.</summary>
    public static readonly IReadOnlyList<string> Keys = ["flows"];

    /// <summary>The keys of <c>release-after { }</c>.</summary>
    public static readonly IReadOnlyList<string> AfterKeys = ["packets", "bytes", "idle"];

    /// <summary>What a route's <c>release</c> may be.</summary>
    public static readonly Reading<bool> Route = Words.Of(("stack", true), ("none", false));

    private static readonly Reading<int> Flows = Numbers.Between(1, ReleasedFlows.Most);

    private static readonly Reading<long> Packets = Numbers.Between(1L, ReleaseAfterOptions.Most);

    private static readonly Reading<long> Bytes = Sizes.Between(1L, ReleaseAfterOptions.Most);

    private static readonly Reading<TimeSpan> Idle = Durations.Between(
        ReleaseAfterOptions.ShortestIdle, ReleasedFlows.LongestIdle, "from 1 ms to 1 d");

    public static int MostFlows(Section section)
    {
        section.RejectUnknown(Keys);
        return section.Read("flows", Flows, ReleasedFlows.Most);
    }

    /// <returns>Null when it sets no limit.</returns>
    public static ReleaseAfterOptions? After(Section consumer)
    {
        if (consumer.Child("release-after") is not { } section) return null;
        section.RejectUnknown(AfterKeys);
        var options = new ReleaseAfterOptions();
        options = options with
        {
            Packets = section.Has("packets") ? section.Read("packets", Packets, 1) : null,
            Bytes = section.Has("bytes") ? section.Read("bytes", Bytes, 1) : null,
            Idle = section.Read("idle", Idle, options.Idle),
        };
        return options is { Packets: null, Bytes: null } ? null : options;
    }
}
