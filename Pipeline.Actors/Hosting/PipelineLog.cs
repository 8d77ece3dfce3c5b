using Microsoft.Extensions.Logging;

namespace Pipeline.Actors.Hosting;

/// <summary>The log messages of a hosted pipeline, in the category <c>Pipeline</c> and its name.</summary>
internal static partial class PipelineLog
{
    [LoggerMessage(1, LogLevel.Information, "Pipeline {Pipeline} reads {Source} with {Rules} rules")]
    public static partial void Started(ILogger log, string pipeline, string source, int rules);

    [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
    public static partial void Warning(ILogger log, string warning);

    [LoggerMessage(3, LogLevel.Error, "Pipeline {Pipeline}: {Where} failed")]
    public static partial void Failed(ILogger log, Exception? error, string pipeline, string where);

    [LoggerMessage(4, LogLevel.Warning, "Pipeline {Pipeline}: the handler {Consumer} threw and is made anew")]
    public static partial void Restarting(ILogger log, Exception? error, string pipeline, string consumer);

    [LoggerMessage(5, LogLevel.Information, "Pipeline {Pipeline} ended: received {Received} = delivered {Delivered} + passed {Passed} + "
        + "dropped {Dropped} + in flight {InFlight}")]
    public static partial void Ended(ILogger log, string pipeline, long received, long delivered, long passed, long dropped, long inFlight);

    [LoggerMessage(6, LogLevel.Warning, "Pipeline {Pipeline} did not drain within the host's shutdown timeout; what is in flight is lost")]
    public static partial void Aborting(ILogger log, string pipeline);

    [LoggerMessage(7, LogLevel.Information, "Pipeline {Pipeline}: {Where}: {Words}")]
    public static partial void Happened(ILogger log, string pipeline, string where, string words);
}
