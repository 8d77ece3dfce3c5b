using System.Diagnostics;
using System.Runtime.Loader;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>An exception that nobody caught, and whose code it came from.</summary>
/// <param name="Path">The handler's assembly, with its whole path.</param>
/// <param name="Types">The types in its stack, those around nested ones too.</param>
/// <param name="Error">What a consumer fails with for it.</param>
internal sealed record HandlerFault(string Path, IReadOnlySet<Type> Types, HandlerThreadException Error)
{
    /// <summary>Finds the handler's code in the stack of an exception; the innermost decides.</summary>
    /// <returns>Null where there is none.</returns>
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

    /// <summary>Whether a consumer of this assembly may be the one.</summary>
    /// <param name="assembly">The file of the consumer's handler; null for one that is not loaded from a file.</param>
    public bool IsFrom(string? assembly) => assembly is not null && FullPath.Of(assembly) == Path;
}
