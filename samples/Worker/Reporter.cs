using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Actors.Hosting;

namespace Worker;

/// <summary>Logs what came of it, when the pipeline has ended.</summary>
internal sealed class Reporter(IPipeline pipeline, DnsFigures figures, ILogger<Reporter> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not with the token: when the host stops, the pipeline drains first, and its figures are wanted.
        var outcome = await pipeline.Completion;
        foreach (var rule in outcome.View.Rules) log.LogInformation("rule {Rule}: {Packets} packets", rule.Name, rule.Matched.Packets);
        log.LogInformation("dns: {Queries} queries, {Answers} answers", figures.Queries, figures.Answers);
    }
}
