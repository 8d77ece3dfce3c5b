using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// The gate inside an application, whose own authorization and host filtering come before it. What is left to it is what a browser may be
/// made to send, and what is not allowed to anybody.
/// </summary>
internal sealed class EmbeddedGate(bool isReadOnly) : IGate
{
    public ProblemJson? Refusal(HttpContext http, Right right, bool changes)
    {
        if (!changes) return null;
        if (OtherSite.Caused(http.Request) || IsFromElsewhere(http.Request)) return OtherSite.Problem;
        return isReadOnly && right != Right.Read
            ? Problems.Of(StatusCodes.Status403Forbidden, "this application shows the pipeline, changes nothing and captures nothing")
            : null;
    }

    /// <summary>Whether the origin is another one than that of the application, as its own middleware has worked it out behind a proxy.</summary>
    private static bool IsFromElsewhere(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        return origins.Count > 0 && origins.ToString() != $"{request.Scheme}://{request.Host}";
    }
}
