using Microsoft.AspNetCore.Http;
using Pipeline.Host.Dashboard;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// Every request passes this first and every answer last. It checks who asks, refuses what is not allowed, and puts failures into words.
/// </summary>
/// <param name="gate">Knows who may do what.</param>
/// <param name="basePath">The path that everything is served below; empty for none.</param>
internal sealed class Guard(IGate gate, string basePath)
{
    public async Task Invoke(HttpContext http, RequestDelegate next)
    {
        var visitor = http.Features.Get<Visitor>();
        visitor?.Asks();
        try
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers.ContentSecurityPolicy = PageAsset.Policy;
            http.Response.Headers["Referrer-Policy"] = "no-referrer";
            await Answer(http, next);
        }
        finally
        {
            visitor?.Waits();
        }
    }

    private async Task Answer(HttpContext http, RequestDelegate next)
    {
        try
        {
            if (Refusal(http) is { } refusal)
            {
                await refusal.Answer(http);
                return;
            }

            await next(http);
            if (!http.Response.HasStarted && Wordless(http) is { } problem) await problem.Answer(http);
        }
        catch (Exception error) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            await Words(error).Answer(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
    }

    private ProblemJson? Refusal(HttpContext http)
    {
        var needed = http.GetEndpoint()?.Metadata.GetMetadata<RightNeeded>();
        var changes = needed is { Begins: true } || (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method));
        return gate.Refusal(http, needed?.Right ?? Right.None, changes);
    }

    /// <summary>Adds words to a refusal of the routing, which has only a status.</summary>
    private ProblemJson? Wordless(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound when http.Response.ContentLength is null => Problems.Of(StatusCodes.Status404NotFound, NothingAt(http.Request.Path)),
        StatusCodes.Status405MethodNotAllowed => Problems.Of(
            StatusCodes.Status405MethodNotAllowed, $"{http.Request.Method} is not for {http.Request.Path}; allowed: {http.Response.Headers.Allow}"),
        _ => null,
    };

    private string NothingAt(PathString path) =>
        basePath.Length == 0 || path.StartsWithSegments(basePath) ? $"there is nothing at {path}" : $"there is nothing at {path}; everything is below {basePath}/";

    private static ProblemJson Words(Exception error) => error switch
    {
        RefusedException refused => refused.Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            Problems.Of(StatusCodes.Status413PayloadTooLarge, $"the body is too large; at most {Limits.MostBodyBytes} bytes are read"),
        BadHttpRequestException bad => Problems.Of(bad.StatusCode, bad.Message),
        _ => Problems.Of(StatusCodes.Status500InternalServerError, error.Message.ReplaceLineEndings(" ")),
    };
}

/// <summary>On an endpoint: the right that it needs.</summary>
/// <param name="Begins">Whether to read it begins something, so that it is more than a look.</param>
internal sealed record RightNeeded(Right Right, bool Begins = false);

/// <summary>A request that cannot be answered as it stands.</summary>
internal sealed class RefusedException(ProblemJson problem) : Exception(problem.Detail)
{
    public ProblemJson Problem { get; } = problem;

    public static RefusedException Starting => With(StatusCodes.Status503ServiceUnavailable, "the pipeline is starting; ask again in a second");

    public static RefusedException With(int status, string detail) => new(Problems.Of(status, detail));
}
