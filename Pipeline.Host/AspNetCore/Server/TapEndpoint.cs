using System.Net;
using Microsoft.AspNetCore.Http;
using Pipeline.Actors.Captures;

namespace Pipeline.Host.Server;

/// <summary>
/// <c>GET /api/v1/tap</c>: packets of the running pipeline as they come, without end. HEAD tells whether one would be given. Its own
/// connection, and all others of this server, are left out.
/// </summary>
internal sealed class TapEndpoint(Attached attached)
{
    /// <summary>How long the reader may read nothing. Meanwhile packets are missed, and nothing waits but its own.</summary>
    private static readonly TimeSpan ReadingPatience = TimeSpan.FromMinutes(10);

    public async Task Get(HttpContext http)
    {
        var captures = attached.Started.Captures;
        var request = TapQuery.Read(http.Request.Query) with { Who = RuleOrigin.Who(http) };
        request = request with { Except = [.. request.Except, .. OwnEnd(http)] };
        http.Response.ContentType = CaptureEndpoints.ContentType;
        http.Response.Headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(http.Request.Method)) await CaptureEndpoints.OrRefused(() => captures.CheckAsync(request));
        else await Send(http, captures, await CaptureEndpoints.OrRefused(() => captures.StartAsync(request)));
    }

    private static async Task Send(HttpContext http, CaptureList captures, LiveCapture tap)
    {
        http.Response.Headers.ContentLocation = $"{http.Request.PathBase.Add(http.Request.Path).Value!.TrimEnd('/')[..^"tap".Length]}captures/{tap.Id}";
        try
        {
            using var reader = captures.BeginReading(tap);
            await CaptureEndpoints.Send(http, tap, ReadingPatience);
        }
        finally
        {
            await captures.ForgetAsync(tap.Id);
        }
    }

    private static IEnumerable<CaptureConnection> OwnEnd(HttpContext http) =>
        http.Connection.LocalIpAddress is { } address ? [new(new IPEndPoint(address, http.Connection.LocalPort))] : [];
}
