namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>
/// Handles exceptions that nobody caught. One from a handler's own thread, timer, callback, finalizer or <c>async void</c> fails the
/// handler, as one from <c>Consume</c> does, and not the program.
/// </summary>
public static class HandlerThreads
{
    /// <summary>
    /// To be set as the process's handler of unhandled exceptions
    /// (<see cref="System.Runtime.ExceptionServices.ExceptionHandling.SetUnhandledExceptionHandler"/>), which a process can do only once.
    /// It is called on the thread that failed, before its stack is unwound.
    /// </summary>
    /// <returns>
    /// Whether the exception came from the code of a handler that was loaded from an assembly. True lets the process continue without that
    /// thread; false lets the exception end the process.
    /// </returns>
    public static bool Survive(Exception error)
    {
        try
        {
            if (HandlerFault.Of(error) is not { } found) return false;
            found.Context.Tell(found.Fault);
            return true;
        }
        catch
        {
            // An exception from here would hide the one to be reported.
            return false;
        }
    }
}
