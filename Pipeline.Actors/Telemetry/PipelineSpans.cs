using System.Diagnostics;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// The spans of a pipeline, in the source <see cref="PipelineMetrics.MeterName"/>: changes of rules, and consumers that are made anew.
/// Packets and bundles have none. While nobody listens, none is made. Any thread.
/// </summary>
internal static class PipelineSpans
{
    /// <summary>From a request for other rules to its answer. Everything else about rules is below it.</summary>
    public const string Change = "pipeline.rules.change";

    /// <summary>A text is read, compiled and prepared for the device.</summary>
    public const string Build = "pipeline.rules.build";

    /// <summary>A text is parsed.</summary>
    public const string Check = "pipeline.rules.check";

    /// <summary>Rules become machine code, for each link type.</summary>
    public const string Compile = "pipeline.rules.compile";

    /// <summary>The number of a generation is remembered.</summary>
    public const string Number = "pipeline.rules.number";

    /// <summary>Routers are offered rules, and the device gets its part of them.</summary>
    public const string Swap = "pipeline.rules.swap";

    /// <summary>From the failure of a consumer, or an order, until a new one takes packets.</summary>
    public const string Restart = "pipeline.consumer.restart";

    private static readonly ActivitySource Source = new(PipelineMetrics.MeterName);

    /// <summary>The span that this thread is within, as W3C writes it, so that a message can carry it; null for none.</summary>
    public static string? Here => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: var id } ? id : null;

    /// <summary>Starts a span within the current one of this thread, until it is disposed there.</summary>
    public static Activity? Start(string name) => Source.StartActivity(name);

    /// <summary>Starts a span within one of another thread, until it is disposed on this one.</summary>
    /// <param name="parent">The other span (<see cref="Here"/>); null for none.</param>
    public static Activity? Start(string name, string? parent) => Source.StartActivity(name, ActivityKind.Internal, ContextOf(parent));

    /// <summary>Starts a span that this thread does not stay within: it ends with a later message.</summary>
    /// <inheritdoc cref="Start(string, string?)"/>
    public static Activity? Begin(string name, string? parent)
    {
        var current = Activity.Current;
        var span = Source.StartActivity(name, ActivityKind.Internal, ContextOf(parent));
        Activity.Current = current;
        return span;
    }

    /// <summary>Ends a span that was begun.</summary>
    /// <param name="outcome">What came of it, in a word.</param>
    /// <param name="why">What went wrong; null for nothing.</param>
    public static void End(Activity? span, string outcome, string? why = null)
    {
        if (span is null) return;
        span.SetTag("outcome", outcome);
        if (why is not null) span.SetStatus(ActivityStatusCode.Error, why);
        var current = Activity.Current;
        span.Dispose();
        Activity.Current = current;
    }

    private static ActivityContext ContextOf(string? id) => ActivityContext.TryParse(id, traceState: null, out var context) ? context : default;
}
