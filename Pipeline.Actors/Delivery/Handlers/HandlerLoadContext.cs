using System.Reflection;
using System.Runtime.Loader;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>
/// Keeps the code of one handler assembly apart from the program's and from other handlers', with the versions of libraries that it
/// brought. Only the assemblies that define the interface between handlers and the pipeline are shared.
/// </summary>
/// <remarks>
/// Assemblies are read into memory and not mapped: overwriting a mapped file, as the next build does, would end the process.
/// </remarks>
internal sealed class HandlerLoadContext : AssemblyLoadContext
{
    /// <summary>Longer than any assembly. It keeps a file given by mistake from being read into memory.</summary>
    private const int MostBytes = 256 << 20;

    /// <summary>The first bytes of every assembly (ECMA-335, II.25.2.1), and of the symbols beside it (Portable PDB, II.24.2.1).</summary>
    private static readonly byte[] AssemblyStart = [.. "MZ"u8], SymbolsStart = [.. "BSJB"u8];

    private static readonly string[] Shared =
        [typeof(PacketHandler).Assembly.GetName().Name!, typeof(HandlerLoadContext).Assembly.GetName().Name!];

    private readonly AssemblyDependencyResolver _resolver;

    private volatile Action<HandlerFault>? _onFault;

    /// <exception cref="InvalidOperationException">The list of dependencies beside the assembly cannot be read.</exception>
    public HandlerLoadContext(string path)
        : base(path, isCollectible: true) => (Path, _resolver) = (path, new AssemblyDependencyResolver(path));

    /// <summary>The handler's assembly.</summary>
    public string Path { get; }

    /// <param name="tell">
    /// Called for every exception from its code that nobody caught, on the thread that threw; null stops the calls.
    /// </param>
    public void OnFault(Action<HandlerFault>? tell) => _onFault = tell;

    /// <summary>Reports a fault. Once the pipeline has ended there is nobody to report to.</summary>
    public void Tell(HandlerFault fault) => _onFault?.Invoke(fault);

    /// <exception cref="BadImageFormatException">It is no assembly.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Assembly LoadFile(string path)
    {
        using var image = Read(path, AssemblyStart) ?? throw new BadImageFormatException();
        var symbols = System.IO.Path.ChangeExtension(path, ".pdb");
        if (!File.Exists(symbols)) return LoadFromStream(image);
        using var pdb = Read(symbols, SymbolsStart);
        return pdb is null ? LoadFromStream(image) : LoadFromStream(image, pdb);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (Shared.Contains(assemblyName.Name)) return null;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFile(path) : null;
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;

    /// <summary>
    /// Limits the bytes that are read, not the length that the file claims: a device, a pipe and a file of the kernel's claim none.
    /// </summary>
    /// <returns>Null for a file that begins otherwise.</returns>
    /// <exception cref="InvalidDataException">It is longer than any assembly.</exception>
    private static MemoryStream? Read(string path, byte[] start)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var chunk = new byte[64 << 10];
        var read = file.ReadAtLeast(chunk, start.Length, throwOnEndOfStream: false);
        if (!chunk.AsSpan(0, read).StartsWith(start)) return null;
        var all = new MemoryStream();
        for (; read > 0; read = file.Read(chunk))
        {
            if (all.Length + read > MostBytes) throw new InvalidDataException($"is longer than {MostBytes >> 20} MiB");
            all.Write(chunk, 0, read);
        }

        all.Position = 0;
        return all;
    }
}
