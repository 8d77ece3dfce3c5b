using Microsoft.AspNetCore.Http;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Running;

namespace Pipeline.Host.Server;

/// <summary>Rates need two readings. Whoever is the first to ask for a while waits for the second.</summary>
internal static class FirstRates
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    public static async Task<PipelineView> View(HttpContext http, IRunning run)
    {
        var view = run.View();
        if (view.RateWindow != TimeSpan.Zero || view.AtRest || !HttpMethods.IsGet(http.Request.Method)) return view;
        await Task.Delay(Between, http.RequestAborted);
        return run.View();
    }
}
