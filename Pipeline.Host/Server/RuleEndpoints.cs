using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pipeline.Actors;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Server;

/// <summary>
/// Reads, checks, changes and rolls back the rules, and shows their history. <c>ETag</c> and <c>If-Match</c> carry the generation.
/// </summary>
internal sealed class RuleEndpoints(Attached attached, Uploads uploads)
{
    /// <summary>The parameter that says that an upload without rules is intended.</summary>
    public const string Empty = "empty";

    public async Task Get(HttpContext http)
    {
        var run = attached.Started;
        http.Response.Headers.Vary = HeaderNames.Accept;
        var view = WantsText(http.Request) ? null : await FirstRates.View(http, run);
        var current = run.Rules.History[^1];
        Tag(http, current.Number);
        if (view is null)
        {
            await Answers.Text(http, current.Text, "text/plain; charset=utf-8");
            return;
        }

        await Answers.Json(http, RulesJson.Of(current, view, run.Rules.KeepOut), JsonShapes.Default.RulesJson);
    }

    public Task History(HttpContext http)
    {
        var history = Rules.History;
        return Answers.Json(http, RuleHistoryJson.Of(history), JsonShapes.Default.RuleHistoryJson);
    }

    public Task Check(HttpContext http)
    {
        var rules = Rules;
        return uploads.Take(http, async text => await Answers.Json(http, RuleCheckJson.Of(await rules.Check(text)), JsonShapes.Default.RuleCheckJson));
    }

    public Task Put(HttpContext http)
    {
        var (rules, expected, confirm, mayBeEmpty) = (Rules, Expected(http.Request), Confirmation(http.Request), MayBeEmpty(http.Request));
        var (source, who) = (RuleOrigin.Source(http.Request), RuleOrigin.Who(http));
        return uploads.Take(http, async text =>
        {
            if (!mayBeEmpty && EmptyRules.Is(text)) await RefuseEmpty(rules).Answer(http);
            else await Answer(http, await rules.Apply(text, source, who, expected, confirm));
        });
    }

    public async Task Rollback(HttpContext http)
    {
        var expected = Expected(http.Request);
        await Answer(http, await Rules.Rollback(Generation(http), RuleOrigin.Who(http), expected));
    }

    public async Task Confirm(HttpContext http)
    {
        RefuseCondition(http.Request);
        var generation = Generation(http);
        var change = await Rules.Confirm(generation);
        if (change.Outcome != RuleOutcome.Conflict || change.Generation != generation) await Answer(http, change);
        else await (Problems.Of(StatusCodes.Status409Conflict, $"generation {generation} is in force and waits for no confirmation") with { Generation = generation }).Answer(http);
    }

    private IRuleControl Rules => attached.Started.Rules;

    private static Task Answer(HttpContext http, RuleChange change)
    {
        Tag(http, change.Generation);
        var body = RuleChangeJson.Of(change);
        return change.Outcome switch
        {
            RuleOutcome.Invalid => Refuse(StatusCodes.Status422UnprocessableEntity, "the rules have errors; those in force stay"),
            RuleOutcome.Conflict => Refuse(StatusCodes.Status409Conflict, $"generation {change.Generation} is in force by now; look at it and try again"),
            RuleOutcome.Unknown => Refuse(StatusCodes.Status404NotFound, "the history has no such generation, or not any more"),
            RuleOutcome.Ended => Refuse(StatusCodes.Status409Conflict, "the run is over; its rules stay as they are"),
            _ => Answers.Json(http, body, JsonShapes.Default.RuleChangeJson),
        };

        Task Refuse(int status, string detail) => (Problems.Of(status, detail)
            with { Generation = change.Generation, Diagnostics = body.Diagnostics.Count > 0 ? body.Diagnostics : null }).Answer(http);
    }

    /// <summary>Whether text was asked for, and not JSON.</summary>
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

    /// <summary>
    /// Refuses a condition, because the request itself names the generation in force. Ignoring a condition would be worse than refusing it.
    /// </summary>
    private static void RefuseCondition(HttpRequest request)
    {
        if (Expected(request) is not null) throw RefusedException.With(StatusCodes.Status400BadRequest, "If-Match goes with PUT /api/v1/rules and with a rollback only");
    }

    private static TimeSpan? Confirmation(HttpRequest request)
    {
        if (!request.Query.TryGetValue("confirm", out var text)) return null;
        var most = PipelineRun.LongestConfirmation.TotalSeconds;
        return double.TryParse(text.ToString().TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 && seconds <= most
            ? TimeSpan.FromSeconds(seconds)
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"confirm={text}: expected seconds, above 0 and at most {most}");
    }

    /// <summary>
    /// Refuses an empty text: a file that was emptied or never written is sent by mistake far more often than on purpose.
    /// </summary>
    private static ProblemJson RefuseEmpty(IRuleControl rules) => Problems.Of(
        StatusCodes.Status422UnprocessableEntity, $"the text has no rules, and would take every rule away; ?{Empty}=yes says that this is meant") with { Generation = rules.History[^1].Number };

    private static bool MayBeEmpty(HttpRequest request) => !request.Query.TryGetValue(Empty, out var text) ? false : text.ToString() switch
    {
        "yes" or "true" or "on" => true,
        "no" or "false" or "off" => false,
        var other => throw RefusedException.With(StatusCodes.Status400BadRequest, $"{Empty}={other}: expected yes or no"),
    };

    // The route accepts only whole numbers (Endpoints).
    private static int Generation(HttpContext http) => int.Parse((string)http.Request.RouteValues["generation"]!, CultureInfo.InvariantCulture);
}
