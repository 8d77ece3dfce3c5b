using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Devices;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>source { }</c>.</summary>
internal static class SourceBinder
{
    public static readonly IReadOnlyList<string> Keys = ["file", "sim", "offload", "pool", "replay-speed"];

    public static readonly IReadOnlyList<string> PoolKeys = ["page-bytes", "pages"];

    private static readonly IReadOnlyList<string> LiveKeys = ["interface", "backend", "queues"];

    private static readonly Reading<int> PageBytes = Sizes.PowerOfTwo(PoolOptions.SmallestPageBytes, PoolOptions.LargestPageBytes);

    private static readonly Reading<int> Pages = Numbers.Between(PoolOptions.FewestPages, PoolOptions.MostPages);

    public static SourceOptions Bind(Section section)
    {
        section.RejectUnknown([.. Keys, .. LiveKeys, "tap"]);
        // A live interface gets one error; further errors about it would not help.
        if (LiveKeys.FirstOrDefault(section.Has) is { } live) section.NotInThisVersion(live, "live interfaces are");
        section.NotInThisVersion("tap", "TAP devices are");

        var defaults = new SourceOptions();
        if (section.Has("file") && section.Has("sim"))
            section.Error(section.PlaceOf("sim"), "`sim` stands beside `file`; expected one source");
        return new SourceOptions
        {
            File = section.ReadFile("file"),
            Sim = section.Child("sim") is { } sim ? SimBinder.Bind(sim) : null,
            Offload = section.Read("offload", Words.Switch, defaults.Offload),
            Pool = section.Child("pool") is { } pool ? Pool(pool) : defaults.Pool,
            ReplaySpeed = section.Read("replay-speed", Numbers.ReplaySpeed, defaults.ReplaySpeed),
        };
    }

    private static PoolOptions Pool(Section section)
    {
        section.RejectUnknown(PoolKeys);
        var defaults = new PoolOptions();
        var pool = new PoolOptions
        {
            PageBytes = section.Read("page-bytes", PageBytes, defaults.PageBytes),
            Pages = section.Read("pages", Pages, defaults.Pages),
        };

        section.Errors(pool.Check());
        return pool;
    }
}
