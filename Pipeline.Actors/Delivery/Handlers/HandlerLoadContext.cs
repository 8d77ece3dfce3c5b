using System.Reflection;
using System.Runtime.Loader;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>
/// Where the code of one handler assembly lives: apart from the program's and from other handlers', with the versions of libraries that
/// it brought. Only what a handler and the pipeline speak through is shared.
/// </summary>
/// <remarks>
/// Assemblies are read into memory and not mapped: a file that is overwritten while it is mapped, as by the next build, ends the process.
/// </remarks>
internal sealed class HandlerLoadContext : AssemblyLoadContext
{
    /// <summary>No assembly is as long; a file given by mistake is not read into memory.</summary>
    private const long MostBytes = 256L << 20;

    private static readonly string[] Shared = [typeof(PacketHandler).Assembly.GetName().Name!, typeof(HandlerLoadContext).Assembly.GetName().Name!];

    private readonly AssemblyDependencyResolver _resolver;

    /// <exception cref="InvalidOperationException">The list of dependencies beside the assembly cannot be read.</exception>
    public HandlerLoadContext(string path)
        : base(path, isCollectible: true) => _resolver = new AssemblyDependencyResolver(path);

    /// <exception cref="BadImageFormatException">It is no assembly.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Assembly LoadFile(string path)
    {
        using var image = Read(path);
        var symbols = Path.ChangeExtension(path, ".pdb");
        if (!File.Exists(symbols)) return LoadFromStream(image);
        using var pdb = Read(symbols);
        return LoadFromStream(image, pdb);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (Shared.Contains(assemblyName.Name)) return null;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFile(path) : null;
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;

    private static MemoryStream Read(string path)
    {
        if (new FileInfo(path).Length > MostBytes) throw new BadImageFormatException($"is longer than {MostBytes >> 20} MiB");
        return new MemoryStream(File.ReadAllBytes(path));
    }
}
