using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pipeline.Actors;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// Makes consumers pause, continue, restart or scale, and closes the breakers of their routes. The answer says that the order was accepted; the snapshot shows when it has been
/// carried out.
/// </summary>
internal sealed class ConsumerEndpoints(Attached attached)
{
    /// <summary>How long a request to scale or restart waits for it. Within this time the answer says that it is done.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public Task Pause(HttpContext http) => Tell(http, (run, name) => run.PauseConsumer(name, RuleOrigin.Who(http)));

    public Task Resume(HttpContext http) => Tell(http, (run, name) => run.ResumeConsumer(name, RuleOrigin.Who(http)));

    public Task CloseBreaker(HttpContext http) => Tell(http, (run, name) => run.CloseBreaker(name, RuleOrigin.Who(http)));

    public async Task Restart(HttpContext http)
    {
        DateTimeOffset? when = null;
        await Tell(http, async (run, name) =>
        {
            var (isKnown, isDone) = await IsRestarted(run, name, RuleOrigin.Who(http), http.RequestAborted);
            when = isDone ? TimeProvider.System.GetUtcNow() : null;
            return isKnown;
        });
        await Answers.Json(http, new ConsumerToldJson(NameOf(http), "restart", when), JsonShapes.Default.ConsumerToldJson, StatusCodes.Status202Accepted);
    }

    public async Task Scale(HttpContext http)
    {
        var (run, name, instances, who) = (attached.Started, NameOf(http), InstancesOf(http.Request), RuleOrigin.Who(http));
        if (run.View().Consumers.All(c => c.Name != name)) throw Missing(run, name);
        try
        {
            var isDone = await IsScaled(run, name, instances, who, http.RequestAborted);
            await Answers.Json(http, new ScaleJson(name, instances, isDone), JsonShapes.Default.ScaleJson, isDone ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        }
        catch (Exception error) when (error is not RefusedException and not OperationCanceledException)
        {
            // The consumer cannot have more than one instance, or another cannot be made: a handler's constructor may throw anything.
            throw RefusedException.With(StatusCodes.Status409Conflict, error.Message.ReplaceLineEndings(" "));
        }
    }

    /// <returns>False when the time for waiting is over. The order goes on, and takes no place of those who wait for theirs.</returns>
    private static async Task<bool> IsScaled(IRunning run, string name, int instances, string who, CancellationToken aborted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(Patience);
        try
        {
            if (await run.ScaleConsumer(name, instances, who, patience.Token)) return true;
            throw RefusedException.With(StatusCodes.Status409Conflict, "the run is over; its consumers stay as they are");
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <returns>Not done when the time for waiting is over: a handler that hangs is replaced when it returns.</returns>
    private static async Task<(bool IsKnown, bool IsDone)> IsRestarted(IRunning run, string name, string who, CancellationToken aborted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(Patience);
        try
        {
            var isKnown = await run.RestartConsumer(name, who, patience.Token);
            return (isKnown, isKnown);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return (true, false);
        }
    }

    private async Task Tell(HttpContext http, Func<IRunning, string, Task<bool>> tell)
    {
        var (run, name) = (attached.Started, NameOf(http));
        try
        {
            if (!await tell(run, name)) throw Missing(run, name);
        }
        catch (InvalidOperationException error)
        {
            throw RefusedException.With(StatusCodes.Status409Conflict, error.Message);
        }

        http.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static string NameOf(HttpContext http) => (string)http.Request.RouteValues["name"]!;

    private static int InstancesOf(HttpRequest request)
    {
        var text = request.Query["instances"].ToString();
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var instances))
        {
            throw RefusedException.With(StatusCodes.Status400BadRequest, $"instances={text}: expected a whole number, such as ?instances=2");
        }

        return instances is >= 1 and <= PipelineRun.MostInstances
            ? instances
            : throw RefusedException.With(StatusCodes.Status422UnprocessableEntity, $"instances={instances}: a consumer has 1 to {PipelineRun.MostInstances}");
    }

    public static RefusedException Missing(IRunning run, string name) => RefusedException.With(
        StatusCodes.Status404NotFound, $"there is no consumer {name}; there are {string.Join(", ", run.View().Consumers.Select(c => c.Name))}");
}
