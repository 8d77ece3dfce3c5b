using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// What a consumer has gathered so far, such as the flows in its table. An answer has a bounded number of entries, one is made at a time,
/// and few are being read, so that it is known what readers cost the pipeline.
/// </summary>
internal sealed class ConsumerReportEndpoint(Attached attached, ServerBounds bounds)
{
    /// <summary>The most entries of one answer: about 3 MB of flows.</summary>
    public const int MostEntries = 10_000;

    /// <summary>What is told without a number: as much as somebody looks at.</summary>
    public const int UsualEntries = 1000;

    /// <summary>There is one for the process, as there is one server in it.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    private readonly LongReaders _readers = new(bounds.MostReports);

    public async Task Get(HttpContext http)
    {
        var (run, name, most) = (attached.Started, (string)http.Request.RouteValues["name"]!, MostOf(http.Request));
        if (run.View().Consumers.All(c => c.Name != name)) throw ConsumerEndpoints.Missing(run, name);
        var report = await InTurn(() => Report(run, name, most, http.RequestAborted), http.RequestAborted);
        await _readers.Send(http, () => Answers.Json(http, report, JsonShapes.Default.ConsumerReportJson));
    }

    /// <summary>A report is made in its turn. It is sent outside of that, or a client that does not read would keep the others waiting.</summary>
    private async Task<ConsumerReportJson> InTurn(Func<Task<ConsumerReportJson>> make, CancellationToken aborted)
    {
        if (!await Turn.WaitAsync(bounds.ReportPatience, aborted)) throw Busy("other reports are being made; ask again in a second");
        try
        {
            return await make();
        }
        finally
        {
            Turn.Release();
        }
    }

    private async Task<ConsumerReportJson> Report(IRunning run, string name, int most, CancellationToken aborted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(bounds.ReportPatience);
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
            throw Busy($"consumer {name} did not answer within {bounds.ReportPatience.TotalSeconds} s");
        }
    }

    private static RefusedException Busy(string why) => RefusedException.With(StatusCodes.Status503ServiceUnavailable, why);

    private static int MostOf(HttpRequest request)
    {
        if (!request.Query.TryGetValue("most", out var text)) return UsualEntries;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most is >= 1 and <= MostEntries
            ? most
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"most={text}: expected a number of entries, 1 to {MostEntries}");
    }
}
