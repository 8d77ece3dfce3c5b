using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Live;

/// <summary>Says when a source gives nothing any more, why, and when it is back; when a route opens and closes; and what happens in the cluster.</summary>
internal static class Happenings
{
    /// <param name="end">Stops the watching. Its outcome does not matter.</param>
    public static async Task Tell(EventLog events, TextWriter notices, Task end)
    {
        using var stop = new CancellationTokenSource();
        _ = end.ContinueWith(_ => stop.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (var happened in events.Follow(stop: stop.Token)) Say(happened, notices);
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private static void Say(PipelineEvent happened, TextWriter notices)
    {
        if (happened.Kind == PipelineEventKind.SourceDown) notices.WriteLine($"{happened.Where}: {happened.Words}; waiting for it");
        else if (happened.Kind == PipelineEventKind.SourceBack) notices.WriteLine($"{happened.Where}: {happened.Words}");
        else if (happened.Kind is PipelineEventKind.RouteOpened or PipelineEventKind.RouteClosed) notices.WriteLine($"{happened.Where}: {happened.Words}");
        else if (happened.Kind is PipelineEventKind.ExportFailed or PipelineEventKind.ExportBack) notices.WriteLine($"{happened.Where}: {happened.Words}");
        else if (happened.Kind == PipelineEventKind.ClusterChanged) notices.WriteLine($"cluster: {happened.Words}");
    }
}
