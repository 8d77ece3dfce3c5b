using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>
/// An assembly that handlers are loaded from. Its code is unloaded when this has been disposed and none of it is in use any more.
/// </summary>
internal sealed class HandlerAssembly : IDisposable
{
    private readonly HandlerLoadContext _context;
    private readonly Assembly _assembly;
    private readonly string _path;

    private HandlerAssembly(HandlerLoadContext context, Assembly assembly, string path) =>
        (_context, _assembly, _path) = (context, assembly, path);

    /// <exception cref="HandlerException">
    /// The file is missing, is not an assembly, or was built for another version of this program.
    /// </exception>
    public static HandlerAssembly Load(string path)
    {
        var full = FullPath.Of(path);
        if (Directory.Exists(full)) throw new HandlerException($"{path}: is a folder; expected an assembly");
        if (!File.Exists(full))
            throw new HandlerException(
                $"{path}: no such file", "build the handler's project first; the path is relative to the configuration", isMissing: true);
        HandlerLoadContext? context = null;
        try
        {
            context = new HandlerLoadContext(full);
            var assembly = context.LoadFile(full);
            CheckVersion(assembly, path);
            return new HandlerAssembly(context, assembly, path);
        }
        catch (Exception error)
        {
            context?.Unload();
            throw error switch
            {
                HandlerException => error,
                UnauthorizedAccessException => new HandlerException($"{path}: permission denied", isMissing: true, inner: error),
                InvalidDataException => new HandlerException($"{path}: {error.Message}, so no assembly", inner: error),
                BadImageFormatException => new HandlerException($"{path}: is no .NET assembly", inner: error),
                _ => new HandlerException($"{path}: cannot be loaded: {error.Message}", inner: error),
            };
        }
    }

    /// <summary>The files that a handler assembly is loaded from: itself, its symbols, and the list of its dependencies.</summary>
    public static IReadOnlyList<string> FilesOf(string path) =>
        [path, Path.ChangeExtension(path, ".pdb"), Path.ChangeExtension(path, ".deps.json")];

    /// <summary>Returns a function that makes handlers of a type. Each call makes one, and throws what its constructor throws.</summary>
    /// <param name="name">The type's full name, or the name alone when only one handler has it.</param>
    /// <exception cref="HandlerException">There is no such type, or it cannot be a handler.</exception>
    public Func<IPacketConsumer> Handler(string name)
    {
        var type = Find(name);
        return () => (IPacketConsumer)Activator.CreateInstance(
            type, BindingFlags.DoNotWrapExceptions | BindingFlags.Public | BindingFlags.Instance, null, null, null)!;
    }

    /// <summary>
    /// The assemblies that it, or a library it brought, was built against and that are not available. None of their code runs. Some might
    /// never be needed, because the code that uses them is never reached.
    /// </summary>
    public IReadOnlyList<string> MissingReferences()
    {
        List<string> missing = [];
        var seen = new HashSet<string> { _assembly.GetName().Name! };
        var toLook = new Queue<Assembly>([_assembly]);
        while (toLook.TryDequeue(out var assembly))
        {
            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                if (!seen.Add(reference.Name!)) continue;
                if (!TryLoad(reference, out var loaded))
                    missing.Add($"{reference.Name} {reference.Version?.ToString(3)}, which {assembly.GetName().Name} was built against");
                else if (AssemblyLoadContext.GetLoadContext(loaded) == _context) toLook.Enqueue(loaded);
            }
        }

        return missing;
    }

    /// <param name="tell">Called for every exception from its code that nobody caught, on the thread that threw.</param>
    public void OnFault(Action<HandlerFault>? tell) => _context.OnFault(tell);

    public void Dispose()
    {
        _context.OnFault(null);
        _context.Unload();
    }

    private bool TryLoad(AssemblyName name, [NotNullWhen(true)] out Assembly? assembly)
    {
        try
        {
            assembly = _context.LoadFromAssemblyName(name);
            return true;
        }
        catch (Exception error)
            when (error is IOException or BadImageFormatException or InvalidDataException or UnauthorizedAccessException)
        {
            assembly = null;
            return false;
        }
    }

    /// <summary>While the first number is 0, a change of the second may break anything (Semantic Versioning 2.0.0, item 4).</summary>
    internal static bool Fits(Version built, Version here) =>
        built.Major == here.Major && (here.Major == 0 ? built.Minor == here.Minor : built.Minor <= here.Minor);

    private static void CheckVersion(Assembly assembly, string path)
    {
        var here = typeof(PacketHandler).Assembly.GetName();
        var built = assembly.GetReferencedAssemblies().FirstOrDefault(r => r.Name == here.Name);
        if (built?.Version is not { } version || Fits(version, here.Version!)) return;
        throw new HandlerException(
            $"{path}: was built for {here.Name} {version.ToString(3)}; this program has {here.Version!.ToString(3)}",
            $"build it against {here.Name} {here.Version!.ToString(3)}");
    }

    private Type Find(string name)
    {
        var types = Types();
        var handlers = types.Where(IsHandler).ToList();
        var type = types.FirstOrDefault(t => t.FullName == name);
        if (type is null && handlers.Where(h => h.Name == name).ToList() is [var only]) type = only;
        if (type is null) throw Unknown(name, [.. handlers.Select(h => h.FullName!)]);
        if (!typeof(IPacketConsumer).IsAssignableFrom(type))
            throw new HandlerException($"{name} in {_path} is no handler; expected a class derived from {nameof(PacketHandler)}");
        if (type.IsAbstract) throw new HandlerException($"{name} in {_path} is abstract; expected a class that can be made");
        if (typeof(IBundleConsumer).IsAssignableFrom(type))
            throw new HandlerException($"{name} in {_path} wants to take bundles over, as only the program's own consumers may; expected a "
                + $"class derived from {nameof(PacketHandler)}");
        if (!IsHandler(type))
            throw new HandlerException(
                $"{name} in {_path} has no public constructor without parameters", "what it depends on, it gets in Open");
        return type;
    }

    private HandlerException Unknown(string name, IReadOnlyList<string> handlers)
    {
        var help = Nearest.Of(name, handlers) is { } near ? $"did you mean `{near}`?"
            : handlers.Count > 0 ? $"handlers there: {string.Join(", ", handlers.Order())}"
            : $"there is no handler at all in it: no public class derived from {nameof(PacketHandler)}";
        return new HandlerException($"there is no type `{Quoted.Short(name)}` in {_path}", help);
    }

    /// <summary>The types that can be loaded. A type whose base is missing does not hide the others.</summary>
    private List<Type> Types()
    {
        try
        {
            return [.. _assembly.GetTypes()];
        }
        catch (ReflectionTypeLoadException error)
        {
            var types = error.Types.OfType<Type>().ToList();
            if (types.Count > 0) return types;
            throw new HandlerException($"{_path}: none of its types can be loaded: {error.LoaderExceptions[0]?.Message}", inner: error);
        }
    }

    private static bool IsHandler(Type type) =>
        typeof(IPacketConsumer).IsAssignableFrom(type) && type is { IsAbstract: false, ContainsGenericParameters: false }
            && type.GetConstructor(Type.EmptyTypes) is not null;
}
