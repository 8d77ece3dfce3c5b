using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Decides which requests are answered.</summary>
internal interface IGate
{
    /// <param name="right">The right that the request needs.</param>
    /// <param name="changes">Whether the request is more than a look.</param>
    /// <returns>Why it is refused; null to answer it.</returns>
    ProblemJson? Refusal(HttpContext http, Right right, bool changes);
}
