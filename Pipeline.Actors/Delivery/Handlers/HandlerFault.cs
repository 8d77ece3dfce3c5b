using System.Diagnostics;
using System.Runtime.Loader;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>An exception that nobody caught, and the handler assembly that it came from.</summary>
/// <param name="Path">The full path of the handler's assembly.</param>
/// <param name="Types">The types in its stack, and the types that enclose nested ones.</param>
/// <param name="Error">The exception that a consumer fails with because of it.</param>
internal sealed record HandlerFault(string Path, IReadOnlySet<Type> Types, HandlerThreadException Error)
{
    /// <summary>Finds a handler's code in the stack of an exception. The innermost such frame decides.</summary>
    /// <returns>Null when there is none.</returns>
    public static (HandlerLoadContext Context, HandlerFault Fault)? Of(Exception error)
    {
        HandlerLoadContext? found = null;
        HashSet<Type> types = [];
        foreach (var frame in new StackTrace(error).GetFrames())
        {
            var type = frame.GetMethod()?.DeclaringType;
            if (type is null) continue;
            if (AssemblyLoadContext.GetLoadContext(type.Assembly) is not HandlerLoadContext context) continue;
            found ??= context;
            for (; type is not null; type = type.DeclaringType) types.Add(type);
        }

        return found is null ? null : (found, new HandlerFault(found.Path, types, new HandlerThreadException(error)));
    }

    /// <summary>Whether a consumer of this assembly may have caused it.</summary>
    /// <param name="assembly">The file of the consumer's handler; null for a handler that is not loaded from a file.</param>
    public bool IsFrom(string? assembly) => assembly is not null && FullPath.Of(assembly) == Path;
}
