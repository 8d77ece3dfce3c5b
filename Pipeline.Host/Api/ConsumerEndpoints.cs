using Microsoft.AspNetCore.Http;
using Pipeline.Host.Running;

namespace Pipeline.Host.Api;

/// <summary>Has consumers pause, go on, or begin anew. The answer is that the wish was taken; the snapshot shows when it has come true.</summary>
internal sealed class ConsumerEndpoints(Attached attached)
{
    public Task Pause(HttpContext http) => Tell(http, (run, name) => run.PauseConsumer(name));

    public Task Resume(HttpContext http) => Tell(http, (run, name) => run.ResumeConsumer(name));

    public Task Restart(HttpContext http) => Tell(http, (run, name) => run.RestartConsumer(name));

    private Task Tell(HttpContext http, Func<IRunning, string, bool> tell)
    {
        var name = (string)http.Request.RouteValues["name"]!;
        try
        {
            if (!tell(attached.Started, name)) return Problem.Of(StatusCodes.Status404NotFound, $"there is no consumer {name}").Answer(http);
        }
        catch (InvalidOperationException error)
        {
            return Problem.Of(StatusCodes.Status409Conflict, error.Message).Answer(http);
        }

        http.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }
}
