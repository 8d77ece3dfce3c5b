using System.Diagnostics.Metrics;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Actors.Setup;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// Starts a pipeline with its host, and drains it when the host stops. The drain ends before any other service is stopped, so that handlers
/// can still use those services.
/// </summary>
internal sealed class HostedPipeline(string name, Action<IServiceProvider, PipelineBuilder> configure, IServiceProvider services)
    : IPipeline, IHostedLifecycleService, IAsyncDisposable, IDisposable
{
    /// <summary>Extra time beyond the host's own limit, to write off what an aborted pipeline has in flight.</summary>
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource<RunOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Pipeline." + name);
    private readonly EventLogger _events = new(services.GetRequiredService<ILoggerFactory>(), name);
    private PipelineRun? _run;
    private bool _stopsApplication;

    public string Name => name;

    public PipelineRun Run =>
        _run ?? throw new InvalidOperationException($"The pipeline '{name}' runs from the host's start on; it has not been started.");

    /// <summary>The run; null before the host has started it.</summary>
    public PipelineRun? Started => _run;

    public Task<RunOutcome> Completion => _completion.Task;

    public PipelineView View() => Completion.IsCompletedSuccessfully ? Completion.Result.View : Run.View();

    public void Drain() => Run.Drain();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _run = Start();
        }
        catch (Exception error)
        {
            _completion.SetException(error);
            throw;
        }

        _ = EndAsync(_run);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_run is null) return;
        _run.Drain();
        try
        {
            await Completion.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            PipelineLog.Aborting(_log, name);
            _run.Abort();
            await Task.WhenAny(Completion, Task.Delay(AbortPatience, CancellationToken.None));
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_run is not null) await _run.DisposeAsync();
    }

    /// <summary>For containers that dispose without waiting.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private PipelineRun Start()
    {
        var plan = new PipelineBuilder { Folder = services.GetService<IHostEnvironment>()?.ContentRootPath ?? "" };
        configure(services, plan);
        _stopsApplication = plan.StopsApplication;
        var setup = plan.Build(services) with
        {
            Name = name,
            OnEvent = _events.Log,
            Meters = services.GetService<IMeterFactory>(),
        };
        foreach (var warning in setup.Warnings) PipelineLog.Warning(_log, warning.ToString());
        var run = PipelineRun.Start(setup, plan.HasOwnActorSystem ? null : services.GetService<ActorSystem>());
        foreach (var warning in run.Warnings) PipelineLog.Warning(_log, warning);
        return run;
    }

    private async Task EndAsync(PipelineRun run)
    {
        var outcome = await run.Completion;
        _completion.SetResult(outcome);
        if (!_stopsApplication) return;
        if (outcome.Faults.Count > 0 && Environment.ExitCode == 0) Environment.ExitCode = 1;
        services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
    }
}
