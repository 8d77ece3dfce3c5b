using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>The figures: once, as a stream, and as metrics.</summary>
/// <param name="isReadOnly">Whether the server refuses every change.</param>
/// <param name="stopping">Ends the streams.</param>
internal sealed class SnapshotEndpoints(Attached attached, bool isReadOnly, CancellationToken stopping)
{
    private const double UsualHertz = 1;
    private const double SlowestHertz = 0.1;
    private const double FastestHertz = 20;

    private readonly Snapshots _snapshots = new(isReadOnly);

    public async Task Snapshot(HttpContext http)
    {
        var figures = await Turns.Take(http, async () => _snapshots.Of(await FirstRates.View(http, attached.Started)));
        await Answers.Json(http, figures, JsonShapes.Default.SnapshotJson);
    }

    public async Task Metrics(HttpContext http)
    {
        var figures = await Turns.Take(http, () => Task.FromResult(Server.Metrics.Of(attached.Started.View())));
        await Answers.Lines(http, figures, MetricsText.ContentType);
    }

    public async Task Stream(HttpContext http)
    {
        var run = attached.Started;
        var hertz = Hertz(http.Request);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(http.Request.Method)) return;
        http.Features.Get<Visitor>()?.Streams();
        await new SnapshotStream(http, _snapshots, stopping).Run(run, TimeSpan.FromSeconds(1 / hertz));
    }

    private static double Hertz(HttpRequest request)
    {
        if (!request.Query.TryGetValue("hz", out var text)) return UsualHertz;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hertz) && hertz is >= SlowestHertz and <= FastestHertz
            ? hertz
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"hz={text}: expected snapshots a second, {SlowestHertz.ToString(CultureInfo.InvariantCulture)} to {FastestHertz}");
    }
}
