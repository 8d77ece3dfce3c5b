using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Host.Commands;
using Pipeline.Host.Running;
using Pipeline.Nic.Linux;

namespace Pipeline.Host;

/// <summary>The process: its signals and its streams before anything else, then the command.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        try
        {
            return Begin(arguments);
        }
        catch (Exception error)
        {
            // Only the runtime's own types are used here, because the failure might be that a library of ours cannot be loaded.
            Say(WordsOf(error));
            return ExitCodes.RuntimeFailure;
        }
    }

    /// <summary>The message for a failure that no command has reported.</summary>
    internal static string WordsOf(Exception error)
    {
        while (error is TypeInitializationException { InnerException: { } inner }) error = inner;
        return error is FileNotFoundException or FileLoadException or BadImageFormatException or TypeLoadException
            ? "error: the program cannot be loaded; it may be that too few files may be open at a time: raise the limit (ulimit -n 256)"
            : $"error: {error.Message.ReplaceLineEndings(" ")}";
    }

    private static void Say(string words)
    {
        try
        {
            using var stream = new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            stream.Write(Encoding.UTF8.GetBytes(words + "\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Standard error is closed or cannot be written, so there is nobody to tell.
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Begin(string[] arguments)
    {
        try
        {
            // Before anything uses the console, which makes the runtime fix its handling of signals for good.
            Signal.TakeInterrupts();
            using var signals = ProcessSignals.Take();
            StandardStreams.Reserve();
            Signal.IgnoreFileSizeLimit();
            return Execute(arguments, signals);
        }
        catch (Exception) when (DescriptorLimit.IsLow)
        {
            DescriptorLimit.Say();
            return ExitCodes.RuntimeFailure;
        }
    }

    // A method of its own, because a method's libraries are loaded before its first line.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Execute(string[] arguments, ProcessSignals signals)
    {
        // A process can set this only once. It finds the handler that an uncaught exception came from.
        ExceptionHandling.SetUnhandledExceptionHandler(HandlerThreads.Survive);
        var terminal = Terminal.OfThisProcess(plain: arguments.Contains("--no-color"));

        // What libraries and handlers write there by themselves is in the same log.
        if (LogFormat.IsJson(arguments)) Console.SetError(terminal.LoggingJson().Error);
        return new CommandLine(terminal, new Parts { Signals = signals }).Execute(arguments).GetAwaiter().GetResult();
    }
}
