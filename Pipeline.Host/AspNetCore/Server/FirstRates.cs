using Microsoft.AspNetCore.Http;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Running;

namespace Pipeline.Host.Server;

/// <summary>Rates need two readings. The first request after a quiet time waits for the second reading.</summary>
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
