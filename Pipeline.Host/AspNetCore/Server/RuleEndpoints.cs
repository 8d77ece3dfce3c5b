using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pipeline.Actors;
using Pipeline.Host.Reports;
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

    /// <summary>The parameter that says that the rule file is to be written too.</summary>
    public const string Save = "save";

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

        await Answers.Json(http, RulesJson.Of(current, view, run.Rules.KeepOut, Kept.Json(run.Rules.Startup)), JsonShapes.Default.RulesJson);
    }

    public Task History(HttpContext http)
    {
        var (history, startup) = (Rules.History, Rules.Startup);
        return Answers.Json(http, RuleHistoryJson.Of(history, Kept.Json(startup), number => startup?.Generations.Contains(number) == true), JsonShapes.Default.RuleHistoryJson);
    }

    public Task Check(HttpContext http)
    {
        var rules = Rules;
        return uploads.Take(http, async text =>
        {
            var check = RuleCheckJson.Of(await rules.Check(text));
            return () => Answers.Json(http, check, JsonShapes.Default.RuleCheckJson);
        });
    }

    public Task Put(HttpContext http)
    {
        var (rules, expected, confirm) = (Rules, Expected(http.Request), Confirmation(http.Request));
        var (mayBeEmpty, save) = (IsYes(http.Request, Empty), IsYes(http.Request, Save));
        var (source, who) = (RuleOrigin.Source(http.Request), RuleOrigin.Who(http));
        return uploads.Take(http, async text =>
        {
            if (!mayBeEmpty && EmptyRules.Is(text)) return () => RefuseEmpty(rules).Answer(http);
            var change = await Made(() => rules.Apply(text, source, who, expected, confirm, save));
            return () => Answer(http, change, done: null);
        });
    }

    public async Task Rollback(HttpContext http)
    {
        var (rules, expected, save) = (Rules, Expected(http.Request), IsYes(http.Request, Save));
        await Answer(http, () => rules.Rollback(Generation(http), RuleOrigin.Who(http), expected, save));
    }

    public async Task Confirm(HttpContext http)
    {
        RefuseCondition(http.Request);
        http.Request.RouteValues.TryAdd("generation", $"{Rules.History[^1].Number}");
        var (rules, generation, save) = (Rules, Generation(http), IsYes(http.Request, Save));
        await Answer(http, () => rules.Confirm(generation, RuleOrigin.Who(http), save), $"generation {generation} is in force and waits for no confirmation");
    }

    private IRuleControl Rules => attached.Started.Rules;

    /// <param name="done">The words for a generation that is in force already; null where that is no conflict.</param>
    private async Task Answer(HttpContext http, Func<Task<KeptChange>> make, string? done = null) => await Answer(http, await Made(make), done);

    private static async Task<KeptChange> Made(Func<Task<KeptChange>> make)
    {
        try
        {
            return await make();
        }
        catch (RuleFileException error)
        {
            throw RefusedException.With(StatusCodes.Status409Conflict, $"{error.Message}; nothing was changed");
        }
    }

    private Task Answer(HttpContext http, KeptChange kept, string? done)
    {
        var (change, body) = (kept.Change, Kept.Json(kept));
        Tag(http, change.Generation);
        return change.Outcome switch
        {
            RuleOutcome.Invalid => Refuse(StatusCodes.Status422UnprocessableEntity, "the rules have errors; those in force stay"),
            RuleOutcome.Conflict when done is not null && change.Generation == Generation(http) => Refuse(StatusCodes.Status409Conflict, done),
            RuleOutcome.Conflict => Refuse(StatusCodes.Status409Conflict, $"generation {change.Generation} is in force by now; look at it and try again"),
            RuleOutcome.Unknown => Refuse(StatusCodes.Status404NotFound, GenerationsInWords.Unknown(Generation(http), change.Known)),
            RuleOutcome.NoAuthority => Refuse(StatusCodes.Status503ServiceUnavailable, RuleChangeInWords.NoAuthority),
            RuleOutcome.Unsure => Refuse(StatusCodes.Status503ServiceUnavailable, RuleChangeInWords.Unsure),
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

    private static bool IsYes(HttpRequest request, string name) => !request.Query.TryGetValue(name, out var text) ? false : text.ToString() switch
    {
        "yes" or "true" or "on" => true,
        "no" or "false" or "off" => false,
        var other => throw RefusedException.With(StatusCodes.Status400BadRequest, $"{name}={other}: expected yes or no"),
    };

    // The route accepts only whole numbers (Endpoints), and a confirmation without one is of the generation in force.
    private static int Generation(HttpContext http) => int.Parse((string)http.Request.RouteValues["generation"]!, CultureInfo.InvariantCulture);
}
