using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Problems as answers.</summary>
internal static class Problems
{
    public static ProblemJson Of(int status, string detail) => new(ReasonPhrases.GetReasonPhrase(status), status, detail);

    public static Task Answer(this ProblemJson problem, HttpContext http) =>
        Answers.Json(http, problem, JsonShapes.Default.ProblemJson, problem.Status, "application/problem+json");
}
