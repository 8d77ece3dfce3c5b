using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// What a consumer has gathered so far, such as the flows in its table. An answer has a bounded number of entries, and one is made at a
/// time, so that readers cost the pipeline no more memory than one of them.
/// </summary>
internal sealed class ConsumerReportEndpoint(Attached attached)
{
    /// <summary>The most entries of one answer: about 3 MB of flows.</summary>
    public const int MostEntries = 10_000;

    /// <summary>What is told without a number: as much as somebody looks at.</summary>
    public const int UsualEntries = 1000;

    /// <summary>A consumer that hangs must not keep the requests behind this one waiting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly SemaphoreSlim Turn = new(1);

    public async Task Get(HttpContext http)
    {
        var (run, name, most) = (attached.Started, (string)http.Request.RouteValues["name"]!, MostOf(http.Request));
        if (run.View().Consumers.All(c => c.Name != name)) throw ConsumerEndpoints.Missing(run, name);
        await Turn.WaitAsync(http.RequestAborted);
        try
        {
            await Answers.Json(http, await Report(run, name, most, http.RequestAborted), JsonShapes.Default.ConsumerReportJson);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task<ConsumerReportJson> Report(IRunning run, string name, int most, CancellationToken aborted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(Patience);
        try
        {
            var reports = await run.Reports(name, most, patience.Token);
            return reports.Count > 0
                ? ConsumerReportJson.Of(name, reports)
                : throw RefusedException.With(
                    StatusCodes.Status409Conflict,
                    $"consumer {name} has nothing to report: its handler gathers nothing, it is down at the moment, or the run is over; `flows` is a handler that reports");
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw RefusedException.With(StatusCodes.Status503ServiceUnavailable, $"consumer {name} did not answer within {Patience.TotalSeconds} s");
        }
    }

    private static int MostOf(HttpRequest request)
    {
        if (!request.Query.TryGetValue("most", out var text)) return UsualEntries;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most is >= 1 and <= MostEntries
            ? most
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"most={text}: expected a number of entries, 1 to {MostEntries}");
    }
}
