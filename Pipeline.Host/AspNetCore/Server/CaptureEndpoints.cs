using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pipeline.Actors.Captures;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Captures packets of the running pipeline. Whoever reads a capture that goes on follows it to its end.</summary>
internal sealed class CaptureEndpoints(Attached attached, ServerBounds bounds)
{
    /// <summary>What Wireshark and the desktops know pcapng by.</summary>
    public const string ContentType = "application/x-pcapng";

    private readonly LongReaders _readers = new(bounds.MostCaptureReaders);

    public Task List(HttpContext http) => Answers.Json(http, CapturesJson.Of(attached.Started.Captures.All), JsonShapes.Default.CapturesJson);

    public async Task Start(HttpContext http)
    {
        var (run, who) = (attached.Started, RuleOrigin.Who(http));
        var request = await CaptureBody.Read(http, bounds.BodyPatience);
        var capture = await OrRefused(() => run.Captures.StartAsync(request with { Who = who }));
        http.Response.Headers.Location = $"{http.Request.PathBase.Add(http.Request.Path).Value!.TrimEnd('/')}/{capture.Id}";
        await Answers.Json(http, CaptureJson.Of(capture), JsonShapes.Default.CaptureJson, StatusCodes.Status201Created);
    }

    public async Task Get(HttpContext http)
    {
        var (run, capture) = (attached.Started, Found(http));
        if (capture.Request.IsTap) throw RefusedException.With(StatusCodes.Status409Conflict, $"capture {capture.Id} is a tap, which only the one who asked for it reads");
        http.Response.ContentType = ContentType;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{FileName(capture)}\"";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(http.Request.Method)) return;
        using var reader = run.Captures.BeginReading(capture);
        await _readers.Send(http, () => Send(http, capture));
        await run.Captures.ForgetAsync(capture.Id);
    }

    public async Task Delete(HttpContext http)
    {
        if (!await attached.Started.Captures.ForgetAsync(IdOf(http), RuleOrigin.Who(http))) throw Missing(http);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Sends a capture to its end, as fast as the client reads.</summary>
    /// <param name="patience">How long the client may read nothing; null for as long as with any answer.</param>
    public static async Task Send(HttpContext http, LiveCapture capture, TimeSpan? patience = null)
    {
        var to = new AnswerBody(http, http.RequestAborted, patience);
        for (var at = 0L; await capture.WaitBeyond(at, http.RequestAborted);)
        {
            for (var read = -1; read != 0; at += read)
            {
                read = capture.Read(at, to.GetSpan(AnswerBody.PieceBytes)[..AnswerBody.PieceBytes]);
                to.Advance(read);
                await to.Relieve();
            }

            await to.Flush();
        }

        await to.Flush();
    }

    private LiveCapture Found(HttpContext http) => attached.Started.Captures.Find(IdOf(http)) ?? throw Missing(http);

    private static string IdOf(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private static RefusedException Missing(HttpContext http) =>
        RefusedException.With(StatusCodes.Status404NotFound, $"there is no capture {IdOf(http)}; it was fetched or deleted, or it ended more than {CaptureList.Kept.TotalMinutes} minutes ago");

    /// <summary>Such as <c>pipeline-rule-dns-20260128T101500Z.pcapng</c>. Names of rules and consumers are fit for a file's.</summary>
    private static string FileName(LiveCapture capture) =>
        $"pipeline-{capture.Request.At.ToString().Replace(':', '-')}-{capture.StartedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.pcapng";

    public static async Task OrRefused(Func<Task> ask) => await OrRefused(async () =>
    {
        await ask();
        return true;
    });

    /// <exception cref="RefusedException">The pipeline does not capture that.</exception>
    public static async Task<T> OrRefused<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (CaptureRefusedException error)
        {
            throw RefusedException.With(StatusOf(error.Refusal), error.Message);
        }
    }

    private static int StatusOf(CaptureRefusal refusal) => refusal switch
    {
        CaptureRefusal.TooMany => StatusCodes.Status429TooManyRequests,
        CaptureRefusal.Ended => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
