using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Devices;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>pipeline { }</c>, the whole of it.</summary>
internal static class PipelineBinder
{
    public static readonly IReadOnlyList<string> Keys =
        ["name", "state", "source", "rules", "keep-out", "routes", "consumers", "released", "bundle", "drain", "dashboard", "telemetry", "cluster"];

    private static readonly IReadOnlyList<string> Roots = ["pipeline", "akka"];

    private static readonly Reading<KeepOut> KeepOutWords = Words.Of(("auto", KeepOut.Auto), ("on", KeepOut.On));

    private static readonly Reading<TimeSpan> Drain = Durations.Between(TimeSpan.Zero, TimeSpan.FromDays(1), "of at most 1 d");

    /// <returns>The options. Use them only when no error was found.</returns>
    public static PipelineOptions Bind(HoconObject root, BindingContext context)
    {
        var whole = new Section("", root, new Place(root.Source, default), context);
        whole.RejectUnknown(Roots);
        var akka = whole.Child("akka") is { } settings ? AkkaBinder.Bind(settings) : new AkkaOptions();
        return (whole.Child("pipeline") is { } pipeline ? Bind(pipeline) : new PipelineOptions()) with { Akka = akka };
    }

    private static PipelineOptions Bind(Section pipeline)
    {
        pipeline.RejectUnknown(Keys);
        var source = pipeline.Child("source");
        var consumers = ConsumerBinder.BindAll(pipeline);
        var routes = RouteBinder.BindAll(pipeline);
        var options = new PipelineOptions
        {
            Name = pipeline.Read("name", Names.Reading!, null),
            State = StateOf(pipeline),
            Source = source is null ? new SourceOptions() : SourceBinder.Bind(source),
            Rules = pipeline.ReadFile("rules"),
            KeepOut = pipeline.Read("keep-out", KeepOutWords, KeepOut.Auto),
            Routes = [.. routes.Select(r => r.Options)],
            Consumers = consumers.Where(c => c.Options is not null).ToDictionary(c => c.Name, c => c.Options!),
            Bundle = pipeline.Child("bundle") is { } bundle ? BundleBinder.Bind(bundle) : new BundleOptions(),
            Drain = pipeline.Read("drain", Drain, new PipelineOptions().Drain),
            Dashboard = pipeline.Child("dashboard") is { } dashboard ? DashboardBinder.Bind(dashboard) : new DashboardOptions(),
            Telemetry = pipeline.Child("telemetry") is { } telemetry ? TelemetryBinder.Bind(telemetry) : new TelemetryOptions(),
            Released = pipeline.Child("released") is { } released ? ReleaseBinder.MostFlows(released) : new PipelineOptions().Released,
            Cluster = pipeline.Child("cluster") is { } cluster ? ClusterBinder.Bind(cluster) : null,
        };
        RoutesCheck.Check(routes, consumers);
        ReleaseCheck.Check(routes, consumers);
        FilesCheck.Check(pipeline, source, options, consumers);
        PlacesCheck.Check(options.Cluster, consumers);
        return options;
    }

    private static string? StateOf(Section pipeline) => pipeline.Field("state")?.Value is HoconValue { Text: "off" or "no" or "false" }
        ? PipelineOptions.NoState
        : pipeline.ReadFile("state");
}
