using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Api;

/// <summary>What every request passes first and every answer last: who asks, what may not happen, and words for what went wrong.</summary>
internal sealed class Guard(Access access)
{
    public async Task Invoke(HttpContext http, RequestDelegate next)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-store";
        if (Refusal(http) is { } refusal)
        {
            await refusal.Answer(http);
            return;
        }

        try
        {
            await next(http);
            if (!http.Response.HasStarted && Wordless(http) is { } problem) await problem.Answer(http);
        }
        catch (Exception error) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            await Words(error).Answer(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
    }

    private Problem? Refusal(HttpContext http)
    {
        if (!access.KnowsHost(http)) return Problem.Of(StatusCodes.Status403Forbidden, "the Host header names nothing that is ours; ask for an address of this machine, or localhost");
        var request = http.Request;
        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        if (changes && !Access.IsFromHere(request)) return Problem.Of(StatusCodes.Status403Forbidden, "the request comes from a page of another site");
        return access.Refuses(http, http.GetEndpoint()?.Metadata.GetMetadata<RightNeeded>()?.Right ?? Right.None);
    }

    /// <summary>What the routing refused has a status and no words.</summary>
    private static Problem? Wordless(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound when http.Response.ContentLength is null => Problem.Of(StatusCodes.Status404NotFound, $"there is nothing at {http.Request.Path}"),
        StatusCodes.Status405MethodNotAllowed => Problem.Of(
            StatusCodes.Status405MethodNotAllowed, $"{http.Request.Method} is not for {http.Request.Path}; allowed: {http.Response.Headers.Allow}"),
        _ => null,
    };

    private static Problem Words(Exception error) => error switch
    {
        RefusedException refused => refused.Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            Problem.Of(StatusCodes.Status413PayloadTooLarge, $"the body is too large; at most {Limits.MostBodyBytes} bytes are read"),
        BadHttpRequestException bad => Problem.Of(bad.StatusCode, bad.Message),
        _ => Problem.Of(StatusCodes.Status500InternalServerError, error.Message.ReplaceLineEndings(" ")),
    };
}

/// <summary>On an endpoint: what it takes to ask it.</summary>
internal sealed record RightNeeded(Right Right);

/// <summary>A request that cannot be answered as it stands.</summary>
internal sealed class RefusedException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;

    public static RefusedException Starting => With(StatusCodes.Status503ServiceUnavailable, "the pipeline is starting; ask again in a second");

    public static RefusedException With(int status, string detail) => new(Problem.Of(status, detail));
}
