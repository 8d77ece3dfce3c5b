using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;

namespace Pipeline.Host.Live;

/// <summary>Writes the events of a run to a log as they happen. A log that is read slowly misses some and says so; the run waits for none.</summary>
internal static class EventLines
{
    /// <param name="isQuiet">Whether only errors are written.</param>
    /// <param name="end">The end of the run, by which its last event has happened. Its outcome does not matter.</param>
    public static async Task Tell(EventLog events, JsonLog log, bool isQuiet, Task end)
    {
        using var stop = new CancellationTokenSource();
        _ = end.ContinueWith(_ => stop.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var last = 0L;
        try
        {
            await foreach (var happened in events.Follow(stop: stop.Token)) Write(happened);
        }
        catch (OperationCanceledException)
        {
            foreach (var happened in events.Read(last)) Write(happened);
        }

        void Write(PipelineEvent happened)
        {
            if (happened.Number > last + 1) log.WriteLine($"warning: {happened.Number - last - 1} events came faster than they could be written, and are not in this log");
            last = happened.Number;
            if (!isQuiet || happened.Level == PipelineEventLevel.Error) log.Write(happened);
        }
    }
}
