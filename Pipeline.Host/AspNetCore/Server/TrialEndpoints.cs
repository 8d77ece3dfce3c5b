using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pipeline.Actors;
using Pipeline.Actors.Trials;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Tries rules on the packets that flow, without any effect on them, and shows which ways packets go.</summary>
internal sealed class TrialEndpoints(Attached attached, Uploads uploads)
{
    private const double UsualSeconds = 1;

    public Task DryRun(HttpContext http)
    {
        var (run, seconds, source, who) = (attached.Started, Seconds(http.Request), RuleOrigin.Source(http.Request), RuleOrigin.Who(http));
        return uploads.Take(http, async text =>
        {
            var (check, view) = await run.Trials.TryAsync(text, source, who, seconds, http.RequestAborted);
            if (check.Rules is null) return () => Refuse(run, check).Answer(http);
            var trial = TrialJson.Done(view ?? throw TooMany(), check);
            return () => Answers.Json(http, trial, JsonShapes.Default.TrialJson);
        });
    }

    public Task BeginShadow(HttpContext http)
    {
        var (run, source, who) = (attached.Started, RuleOrigin.Source(http.Request), RuleOrigin.Who(http));
        return uploads.Take(http, async text =>
        {
            var check = await run.Trials.BeginShadowAsync(text, source, who);
            if (check.Rules is null) return () => Refuse(run, check).Answer(http);
            var answer = run.Trials.Shadow() is { } view ? TrialJson.Shadow(view, check) : TrialJson.None;
            return () => Answers.Json(http, answer, JsonShapes.Default.TrialJson);
        });
    }

    public Task Shadow(HttpContext http) =>
        Answers.Json(http, attached.Started.Trials.Shadow() is { } view ? TrialJson.Shadow(view) : TrialJson.None, JsonShapes.Default.TrialJson);

    public Task EndShadow(HttpContext http)
    {
        if (!attached.Started.Trials.EndShadow(RuleOrigin.Who(http))) throw RefusedException.With(StatusCodes.Status404NotFound, "there are no rules in shadow");
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    public Task Explain(HttpContext http)
    {
        var run = attached.Started;
        return uploads.Take(http, text =>
        {
            var bytes = PastedPacket.Read(text);
            var traced = run.Trace(PastedPacket.Link(http.Request), bytes);
            var answer = ExplainedJson.Of(traced);
            return Task.FromResult(() => Answers.Json(http, answer, JsonShapes.Default.ExplainedJson));
        });
    }

    public async Task Paths(HttpContext http)
    {
        var run = attached.Started;
        var view = await run.Trials.PathsAsync(Seconds(http.Request), http.RequestAborted) ?? throw TooMany();
        var stacks = run.View().Consumers.Where(c => c.Kind == "stack").Select(c => c.Name).ToHashSet();
        await Answers.Json(http, PathsJson.Of(view, stacks.Contains), JsonShapes.Default.PathsJson);
    }

    private static ProblemJson Refuse(IRunning run, RuleCheck check) =>
        Problems.Of(StatusCodes.Status422UnprocessableEntity, "the rules have errors; nothing was tried")
            with { Generation = run.Rules.History[^1].Number, Diagnostics = DiagnosticJson.Of(check.Diagnostics) };

    private static RefusedException TooMany() =>
        RefusedException.With(StatusCodes.Status429TooManyRequests, $"{RuleTrials.Most} dry runs and counts of paths go on; ask again in a second");

    private static TimeSpan Seconds(HttpRequest request)
    {
        if (!request.Query.TryGetValue("seconds", out var text)) return TimeSpan.FromSeconds(UsualSeconds);
        var most = RuleTrials.Longest.TotalSeconds;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 && seconds <= most
            ? TimeSpan.FromSeconds(seconds)
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"seconds={text}: expected a number above 0 and at most {most}");
    }
}
