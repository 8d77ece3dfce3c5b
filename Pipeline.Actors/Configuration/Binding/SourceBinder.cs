using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>source { }</c>.</summary>
internal static class SourceBinder
{
    public static readonly IReadOnlyList<string> Keys = ["file", "sim", "offload", "pool", "replay-speed"];

    public static readonly IReadOnlyList<string> PoolKeys = ["page-bytes", "pages"];

    private static readonly IReadOnlyList<string> LiveKeys = ["interface", "backend", "queues"];

    private static readonly Reading<int> PageBytes = Sizes.PowerOfTwo(CaptureFileNic.SmallestPageBytes, 1024 * 1024 * 1024);

    /// <summary>One page is being filled while another is on its way.</summary>
    private static readonly Reading<int> Pages = Numbers.Between(2, 65536);

    public static SourceOptions Bind(Section section)
    {
        section.RejectUnknown([.. Keys, .. LiveKeys, "tap"]);
        // One error for a live interface is enough, whatever else is said about it.
        if (LiveKeys.FirstOrDefault(section.Has) is { } live) section.NotInThisVersion(live, "live interfaces are");
        section.NotInThisVersion("tap", "TAP devices are");

        var defaults = new SourceOptions();
        if (section.Has("file") && section.Has("sim")) section.Error(section.PlaceOf("sim"), "`sim` stands beside `file`; expected one source");
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

        // Offsets into a pool are 32 bits wide.
        var bytes = (long)pool.PageBytes * pool.Pages;
        if (bytes > uint.MaxValue)
        {
            section.Error(section.PlaceOf("pages"), $"a pool of {pool.Pages} pages of {Sizes.Written(pool.PageBytes)} is {Sizes.Written(bytes)}; expected less than 4 GiB");
        }

        return pool;
    }
}
