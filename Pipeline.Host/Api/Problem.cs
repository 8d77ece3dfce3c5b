using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Pipeline.Host.Api;

/// <summary>What went wrong with a request (RFC 9457, <c>application/problem+json</c>).</summary>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The status.</param>
/// <param name="Detail">What was wrong with this request, and what was expected.</param>
internal sealed record Problem(string Title, int Status, string Detail)
{
    /// <summary>What is wrong with the rules that were sent, where that is the problem.</summary>
    public IReadOnlyList<DiagnosticJson>? Diagnostics { get; init; }

    /// <summary>The generation in force, where another one was expected.</summary>
    public int? Generation { get; init; }

    public static Problem Of(int status, string detail) => new(ReasonPhrases.GetReasonPhrase(status), status, detail);

    public Task Answer(HttpContext http) => Answers.Json(http, this, ApiJson.Readable.Problem, Status, "application/problem+json");
}
