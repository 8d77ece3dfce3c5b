using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// Every request passes this first and every answer last. It checks who asks, refuses what is not allowed, and puts failures into words.
/// </summary>
internal sealed class Guard(Access access)
{
    public async Task Invoke(HttpContext http, RequestDelegate next)
    {
        var visitor = http.Features.Get<Visitor>();
        visitor?.Asks();
        try
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            http.Response.Headers.CacheControl = "no-store";
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
        var request = http.Request;
        // The header as it was sent: HttpRequest.Host decodes international names, and throws if it cannot.
        var host = request.Headers.Host.Count == 1 ? Authority.Read(request.Headers.Host.ToString()) : null;
        if (access.Refuses(http, HasOtherTarget(http) ? null : host) is { } unknown) return unknown;
        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        if (changes && !Access.IsFromHere(request, host!)) return Problems.Of(StatusCodes.Status403Forbidden, "the request comes from a page of another site");
        return access.Refuses(http, http.GetEndpoint()?.Metadata.GetMetadata<RightNeeded>()?.Right ?? Right.None);
    }

    /// <summary>
    /// Whether the full URL of the request (RFC 9112, section 3.2.2) has another scheme or a user's name. Its host has been compared with
    /// the header before.
    /// </summary>
    private static bool HasOtherTarget(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var authority = target.StartsWith('/') ? -1 : target.IndexOf("://", StringComparison.Ordinal) + 3;
        if (authority < 3) return false;
        var end = target.IndexOfAny(['/', '?', '#'], authority);
        return Authority.OfOrigin(end < 0 ? target : target[..end]) is null;
    }

    /// <summary>Adds words to a refusal of the routing, which has only a status.</summary>
    private static ProblemJson? Wordless(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound when http.Response.ContentLength is null => Problems.Of(StatusCodes.Status404NotFound, $"there is nothing at {http.Request.Path}"),
        StatusCodes.Status405MethodNotAllowed => Problems.Of(
            StatusCodes.Status405MethodNotAllowed, $"{http.Request.Method} is not for {http.Request.Path}; allowed: {http.Response.Headers.Allow}"),
        _ => null,
    };

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
internal sealed record RightNeeded(Right Right);

/// <summary>A request that cannot be answered as it stands.</summary>
internal sealed class RefusedException(ProblemJson problem) : Exception(problem.Detail)
{
    public ProblemJson Problem { get; } = problem;

    public static RefusedException Starting => With(StatusCodes.Status503ServiceUnavailable, "the pipeline is starting; ask again in a second");

    public static RefusedException With(int status, string detail) => new(Problems.Of(status, detail));
}
