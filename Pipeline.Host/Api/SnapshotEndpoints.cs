using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Api;

/// <summary>The figures: once, again and again, and as metrics.</summary>
internal sealed class SnapshotEndpoints(Attached attached, CancellationToken stopping)
{
    private const double UsualHertz = 1;
    private const double SlowestHertz = 0.1;
    private const double FastestHertz = 20;

    private readonly Snapshots _snapshots = new();

    public async Task Snapshot(HttpContext http)
    {
        await Answers.Bytes(http, _snapshots.Write(await FirstRates.View(http, attached.Started)), "application/json");
    }

    public Task Metrics(HttpContext http) => Answers.Text(http, Api.Metrics.Of(attached.Started.View()), MetricsText.ContentType);

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
