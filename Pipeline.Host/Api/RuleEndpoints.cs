using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Api;

/// <summary>The rules: read, check, change, history, back. <c>ETag</c> and <c>If-Match</c> carry the generation.</summary>
internal sealed class RuleEndpoints(Attached attached)
{
    public Task Get(HttpContext http)
    {
        var current = Rules.Current;
        Tag(http, current.Generation);
        if (WantsText(http.Request)) return Answers.Text(http, current.Text, "text/plain; charset=utf-8");
        var view = attached.Run!.View();
        var rules = new RulesJson(current.Generation, current.Source, current.Text, [.. view.Rules.Select(Snapshots.Rule)], Snapshots.Of(view.Unmatched));
        return Answers.Json(http, rules, ApiJson.Readable.RulesJson);
    }

    public Task History(HttpContext http) =>
        Answers.Json(http, new RuleHistoryJson(Rules.Current.Generation, [.. Rules.History.Select(RuleTextJson.Of)]), ApiJson.Readable.RuleHistoryJson);

    public async Task Check(HttpContext http)
    {
        var rules = Rules;
        var found = await rules.Check(await BodyText.Read(http));
        var errors = found.Count(d => d.Severity == Severity.Error);
        await Answers.Json(http, new RuleCheckJson(errors == 0, errors, found.Count - errors, DiagnosticJson.Of(found)), ApiJson.Readable.RuleCheckJson);
    }

    public async Task Put(HttpContext http)
    {
        var (rules, expected) = (Rules, Expected(http.Request));
        await Answer(http, await rules.Apply(await BodyText.Read(http), Who(http), expected), expected);
    }

    public async Task Rollback(HttpContext http)
    {
        var (rules, expected) = (Rules, Expected(http.Request));
        var generation = int.Parse((string)http.Request.RouteValues["generation"]!, CultureInfo.InvariantCulture);
        await Answer(http, await rules.Rollback(generation, Who(http), expected), expected);
    }

    private IRuleControl Rules => attached.Rules ?? throw RefusedException.With(StatusCodes.Status503ServiceUnavailable, "the pipeline is starting");

    private static Task Answer(HttpContext http, RuleAnswer answer, int? expected)
    {
        Tag(http, answer.Generation);
        return answer.Verdict switch
        {
            RuleVerdict.InForce => Answers.Json(http, new RuleChangeJson(answer.Generation, DiagnosticJson.Of(answer.Found)), ApiJson.Readable.RuleChangeJson),
            RuleVerdict.Invalid => (Problem.Of(StatusCodes.Status422UnprocessableEntity, "the rules have errors; those in force stay")
                with { Diagnostics = DiagnosticJson.Of(answer.Found), Generation = answer.Generation }).Answer(http),
            RuleVerdict.Conflict => (Problem.Of(StatusCodes.Status409Conflict, $"generation {answer.Generation} is in force, not {expected}; look at it and try again")
                with { Generation = answer.Generation }).Answer(http),
            RuleVerdict.Unknown => Problem.Of(StatusCodes.Status404NotFound, "there is no such generation in the history").Answer(http),
            _ => Problem.Of(StatusCodes.Status501NotImplemented, "the rules of this run stay as they are").Answer(http),
        };
    }

    /// <summary>Text, where it is asked for and JSON is not.</summary>
    private static bool WantsText(HttpRequest request)
    {
        var accepted = request.Headers.Accept.ToString();
        return accepted.Contains("text/plain", StringComparison.OrdinalIgnoreCase) && !accepted.Contains("json", StringComparison.OrdinalIgnoreCase);
    }

    private static void Tag(HttpContext http, int generation) => http.Response.Headers.ETag = $"\"{generation}\"";

    private static int? Expected(HttpRequest request)
    {
        var tag = request.Headers[HeaderNames.IfMatch].ToString();
        if (tag is "" or "*") return null;
        return int.TryParse(tag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? generation
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"If-Match: {tag}: expected the number of a generation in quotes, or *");
    }

    private static string Who(HttpContext http) => $"http {http.Connection.RemoteIpAddress}";
}
