using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Requests that a page of another site has caused.</summary>
internal static class OtherSite
{
    /// <summary>The header in which browsers say which site caused a request (W3C, Fetch Metadata, section 2.3).</summary>
    private const string FetchSite = "Sec-Fetch-Site";

    public static ProblemJson Problem => Problems.Of(StatusCodes.Status403Forbidden, "the request comes from a page of another site");

    /// <summary>Whether the browser says that it was caused by another site.</summary>
    public static bool Caused(HttpRequest request) => request.Headers[FetchSite].Any(site => site is not ("same-origin" or "none"));
}
