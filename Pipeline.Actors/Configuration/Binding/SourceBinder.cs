using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfXdp;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>source { }</c>.</summary>
internal static class SourceBinder
{
    public static readonly IReadOnlyList<string> Keys =
    [
        "file", "interface", "backend", "queues", "direction", "promiscuous", "mode", "sim", "offload", "pool", "replay-speed",
    ];

    public static readonly IReadOnlyList<string> PoolKeys = ["page-bytes", "pages"];

    /// <summary>Each names a source, and a pipeline has one.</summary>
    private static readonly IReadOnlyList<string> SourceKeys = ["file", "interface", "sim"];

    private static readonly Reading<string> BackendNames = Words.Of([.. Backends.InterfaceNames.Select(n => (n, n))]);

    private static readonly Reading<int> Queues = Numbers.Between(1, SourceOptions.MostQueues);

    private static readonly Reading<PacketDirection> Directions = Words.Of(
        ("in", PacketDirection.In), ("out", PacketDirection.Out), ("inout", PacketDirection.InOut));

    private static readonly Reading<XdpMode> Modes = Words.Of(("native", XdpMode.Native), ("generic", XdpMode.Generic));

    private static readonly Reading<int> PageBytes = Sizes.PowerOfTwo(PoolOptions.SmallestPageBytes, PoolOptions.LargestPageBytes);

    private static readonly Reading<int> Pages = Numbers.Between(PoolOptions.FewestPages, PoolOptions.MostPages);

    public static SourceOptions Bind(Section section)
    {
        section.RejectUnknown([.. Keys, "tap"]);
        if (section.Has("tap")) section.Error(section.PlaceOf("tap"), "`tap`: a TAP is read as an interface; expected `interface = NAME, backend = tap`");
        Sources(section);

        var defaults = new SourceOptions();
        var source = new SourceOptions
        {
            File = section.ReadFile("file"),
            Interface = section.Read("interface", Texts.Any!, defaults.Interface),
            Backend = section.Read("backend", BackendNames!, defaults.Backend),
            Queues = section.Has("queues") ? section.Read("queues", Queues, 1) : null,
            Direction = section.Read("direction", Directions, defaults.Direction),
            IsPromiscuous = section.Read("promiscuous", Words.Switch, defaults.IsPromiscuous),
            Mode = section.Has("mode") ? section.Read("mode", Modes, XdpMode.Native) : null,
            Sim = section.Child("sim") is { } sim ? SimBinder.Bind(sim) : null,
            Offload = section.Read("offload", Words.Switch, defaults.Offload),
            Pool = section.Child("pool") is { } pool ? Pool(pool) : defaults.Pool,
            ReplaySpeed = section.Read("replay-speed", Numbers.ReplaySpeed, defaults.ReplaySpeed),
        };
        section.Errors(source.Check());
        return source;
    }

    private static void Sources(Section section)
    {
        var named = SourceKeys.Where(section.Has).ToList();
        foreach (var other in named.Skip(1))
            section.Error(section.PlaceOf(other), $"`{other}` stands beside `{named[0]}`; expected one source");
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
