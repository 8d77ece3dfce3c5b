using Microsoft.AspNetCore.Http;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Whether the pipeline lives, and whether it is ready. Whoever asks has an answer within a second, whatever holds up the figures.</summary>
internal sealed class HealthEndpoints(Attached attached)
{
    /// <summary>Leaves time for the way there and back.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    private readonly Lock _gate = new();
    private Task<PipelineHealth>? _reading;

    public Task Live(HttpContext http) => Answer(http, attached.Run is { } run ? PipelineHealth.OfLife(run.Silence) : PipelineHealth.Ready);

    public async Task Ready(HttpContext http) => await Answer(http, attached.Run is { } run ? await Read(run) : PipelineHealth.Starting);

    private static Task Answer(HttpContext http, PipelineHealth health) => Answers.Json(
        http, HealthJson.Of(health), JsonShapes.Default.HealthJson, health.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    private async Task<PipelineHealth> Read(IRunning run)
    {
        try
        {
            return await Reading(run).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            return new PipelineHealth([$"the figures could not be read within {Patience.TotalSeconds} s"]);
        }
    }

    /// <summary>One reading for all who ask meanwhile: readings that are held up must not pile up.</summary>
    private Task<PipelineHealth> Reading(IRunning run)
    {
        lock (_gate) return _reading = _reading is { IsCompleted: false } reading ? reading : Task.Run(() => PipelineHealth.Of(run.View()));
    }
}
