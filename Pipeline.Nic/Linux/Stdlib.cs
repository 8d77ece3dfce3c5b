using System.Runtime.InteropServices;
using System.Text;

namespace Pipeline.Nic.Linux;

/// <summary>stdlib.h: where a name leads.</summary>
internal static unsafe partial class Stdlib
{
    // Linux, include/uapi/linux/limits.h
    private const int PATH_MAX = 4096;

    /// <summary>
    /// The file that a name leads to, from the root and without links. Each part of the name is followed from where the part before it
    /// led, as the kernel does, so that <c>..</c> behind a linked folder is the folder that the real one is in.
    /// </summary>
    /// <returns>Null where there is nothing, or this process must not look.</returns>
    public static string? RealPath(string path)
    {
        var resolved = stackalloc byte[PATH_MAX];
        if (realpath(path, resolved) == null) return null;
        return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(resolved));
    }

    // char *realpath(const char *path, char *resolved_path);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* realpath(string path, byte* resolved_path);
}
