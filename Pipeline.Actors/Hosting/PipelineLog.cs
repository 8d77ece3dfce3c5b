using Microsoft.Extensions.Logging;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// What a hosted pipeline logs beside its events (<see cref="EventLogger"/>), in the category <c>Pipeline</c> and its name.
/// </summary>
internal static partial class PipelineLog
{
    [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
    public static partial void Warning(ILogger log, string warning);

    [LoggerMessage(6, LogLevel.Warning, "Pipeline {Pipeline} did not drain within the host's shutdown timeout; what is in flight is lost")]
    public static partial void Aborting(ILogger log, string pipeline);
}
