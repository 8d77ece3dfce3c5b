namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>
/// What becomes of an exception that nobody caught: one out of a handler's own thread, timer, callback, finalizer or <c>async void</c>
/// costs the handler, as one out of <c>Consume</c> does, and not the program.
/// </summary>
public static class HandlerThreads
{
    /// <summary>
    /// To be set as the process's handler of unhandled exceptions (<see cref="System.Runtime.ExceptionServices.ExceptionHandling.SetUnhandledExceptionHandler"/>),
    /// which a process can do once. It is called on the thread that failed, before its stack is unwound.
    /// </summary>
    /// <returns>
    /// Whether the exception came from the code of a handler that was loaded from an assembly, so that the process goes on without that
    /// thread. False leaves it to end the process.
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
            // An exception out of here would hide the one that is to be told.
            return false;
        }
    }
}
