using Pipeline.Actors.Cluster;
using Pipeline.Actors.Setup;
using Pipeline.Host.Remote;
using Pipeline.Host.Running;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Host;

/// <summary>An exception as the user sees it: a line of words, and the exit code.</summary>
/// <param name="Message">The line; null when there is nothing to say.</param>
internal sealed record Failure(string? Message, int ExitCode)
{
    /// <summary>A failure before anything was processed, while outputs are being created.</summary>
    public static Failure AtStart(Exception error) => Of(error, ExitCodes.CannotCreateOutput);

    /// <summary>A failure while packets flow.</summary>
    /// <param name="where">The queue or the consumer.</param>
    public static Failure WhileRunning(string where, Exception error)
    {
        var failure = Of(error, ExitCodes.InputOutputError);
        if (error is RuleException or HandlerOptionException) return failure with { Message = error.Message };
        return error is IOException ? failure : failure with { Message = $"{where}: {failure.Message}" };
    }

    private static Failure Of(Exception error, int outputError) => error switch
    {
        AggregateException { InnerException: { } inner } => Of(inner, outputError),
        TypeInitializationException { InnerException: { } inner } => Of(inner, outputError),
        UsageException or OutputConflictException => new(error.Message, ExitCodes.Usage),
        DashboardException { NeedsPrivilege: true } => new(error.Message, ExitCodes.MissingPrivilege),
        NodeException node => new(node.Message, node.ExitCode),
        RuleException => new("nothing was run", ExitCodes.InvalidInput),
        InvalidInputException invalid => new(invalid.Summary, ExitCodes.InvalidInput),
        HandlerOptionException => new(error.Message, ExitCodes.InvalidInput),
        HandlerException handler => new(error.Message, handler.IsMissing ? ExitCodes.InputNotFound : ExitCodes.InvalidInput),
        InterruptedException => new(error.Message, ExitCodes.SecondInterrupt),
        DescriptorLimitException => new(error.Message, ExitCodes.RuntimeFailure),
        _ when DescriptorLimit.Explains(error) => new(DescriptorLimit.Words, ExitCodes.RuntimeFailure),
        OutputException { IsConflict: true } => new(error.Message, ExitCodes.Usage),
        // A limit of files was reached (-a files:, -W), as somebody wanted.
        OutputException { IsComplete: true } => new(null, ExitCodes.Ok),
        // The reader closed the pipe early, as with "| head". That is not a failure.
        OutputException { IsClosedPipe: true } => new(null, ExitCodes.Ok),
        OutputException { Output: StandardStreams.OutputName } => new(error.Message, ExitCodes.InputOutputError),
        OutputException => new(error.Message, outputError),
        FilterException { IsLibpcapMissing: false } => new(error.Message, ExitCodes.InvalidInput),
        XdpException { IsPrivilegeMissing: var lacks } => new(error.Message, lacks ? ExitCodes.MissingPrivilege : ExitCodes.InvalidInput),
        MissingCapabilityException => new(error.Message, ExitCodes.MissingPrivilege),
        UnavailableException or ClusterException => new(error.Message, ExitCodes.Unavailable),
        CaptureFormatException => new(error.Message, ExitCodes.InvalidInput),
        LinuxException { Subject: StandardStreams.InputName or StandardStreams.OutputName or StandardStreams.ErrorName } => new(error.Message, ExitCodes.InputOutputError),
        FileNotFoundException { FileName: { } name } => new($"{name}: no such file", ExitCodes.InputNotFound),
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => new(error.Message, ExitCodes.InputNotFound),
        LinuxException { Errno: Errno.EISDIR or Errno.ENOTDIR or Errno.ENXIO } => new(error.Message, ExitCodes.InputNotFound),
        LinuxException { Errno: Errno.EPERM or Errno.EACCES } => new(error.Message, ExitCodes.MissingPrivilege),
        IOException => new(error.Message, ExitCodes.InputOutputError),
        _ => new(error.Message.ReplaceLineEndings(" "), ExitCodes.RuntimeFailure),
    };
}
