namespace Pipeline.Nic.Linux;

/// <summary>The file that would be opened, or made, by a name that may lead through links.</summary>
internal static class RealFile
{
    /// <summary>As many as the kernel follows (path_resolution(7)).</summary>
    private const int MostLinks = 40;

    /// <summary>
    /// Follows links as the kernel does. What a link says counts from the folder that the link really is in, which is another than the one
    /// in the path where that has a linked folder.
    /// </summary>
    /// <param name="path">The name. Nothing needs to be there.</param>
    /// <returns>A path whose last part is no link. Where that cannot be known, it is one that nobody can open.</returns>
    /// <exception cref="LinuxException">Links lead in a circle.</exception>
    public static string Of(string path)
    {
        var next = path;
        for (var links = 0; links <= MostLinks; links++)
        {
            if (Path.GetFileName(next) is not { Length: > 0 } name || name is "." or "..") return next;
            if (Stdlib.RealPath(FolderOf(next)) is not { } folder) return next;
            var file = Path.Join(folder, name);
            if (new FileInfo(file).LinkTarget is not { } target) return file;
            next = Path.Combine(folder, target);
        }

        throw new LinuxException("open", path, Errno.ELOOP);
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path) switch
    {
        null => "/",
        "" => ".",
        var folder => folder,
    };
}
