using Microsoft.AspNetCore.Http;
using Pipeline.Host.Demo;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Has things go wrong in a demo.</summary>
internal sealed class DemoEndpoints(Attached attached)
{
    public Task List(HttpContext http) => Answers.Json(http, DemoJson.Of(attached.Play is not null), JsonShapes.Default.DemoJson);

    public async Task Perform(HttpContext http)
    {
        var (run, name) = (attached.Started, (string)http.Request.RouteValues["act"]!);
        var play = attached.Play ?? throw RefusedException.With(StatusCodes.Status404NotFound, "this is no demo; only `pipeline demo` has things go wrong on order");
        var act = DemoAct.All.FirstOrDefault(a => a.Name == name)
            ?? throw RefusedException.With(StatusCodes.Status404NotFound, $"there is no act {name}; there are {string.Join(", ", DemoAct.All.Select(a => a.Name))}");
        var (isDone, words) = await play.Perform(act, run, RuleOrigin.Who(http));
        if (!isDone) throw RefusedException.With(StatusCodes.Status409Conflict, words);
        await Answers.Json(http, new DemoActedJson(act.Name, words), JsonShapes.Default.DemoActedJson, StatusCodes.Status202Accepted);
    }
}
