using System.Globalization;

namespace Pipeline.Nic.Linux;

/// <summary>The open files of processes, as <c>/proc/PID/fd</c> shows them (proc(5)). Other users' are seen by root alone.</summary>
internal static class ProcessFiles
{
    /// <summary>The first process that has a file open.</summary>
    /// <param name="target">What the file's link says: <c>socket:[12345]</c>.</param>
    /// <param name="proc">Stands in for <c>/proc</c>.</param>
    /// <returns>Null where no process is seen to have it.</returns>
    public static (int Process, string Command)? HolderOf(string target, string proc = "/proc")
    {
        foreach (var folder in Entries(proc))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)) continue;
            if (Entries(Path.Combine(folder, "fd")).Any(file => Try(() => new FileInfo(file).LinkTarget ?? "", "") == target))
                return (process, CommandOf(folder));
        }

        return null;
    }

    /// <summary>Every process that has memory mapped out of a socket at an offset.</summary>
    /// <param name="offset">As <c>/proc/PID/maps</c> writes it.</param>
    /// <param name="proc">Stands in for <c>/proc</c>.</param>
    public static IReadOnlyList<(int Process, string Command)> MappersOf(string offset, string proc = "/proc")
    {
        var found = new List<(int, string)>();
        foreach (var folder in Entries(proc))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)) continue;
            // address, permissions, offset, device, inode, path
            var maps = Try(() => File.ReadAllLines(Path.Combine(folder, "maps")), []);
            if (maps.Any(line => IsOfSocket(line, offset))) found.Add((process, CommandOf(folder)));
        }

        return found;
    }

    private static bool IsOfSocket(string line, string offset) =>
        line.Contains("socket:[", StringComparison.Ordinal) && line.Split(' ', 4) is [_, _, var at, _] && at == offset;

    private static string CommandOf(string folder) => Try(() => File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd(), "?");

    private static string[] Entries(string folder) => Try(() => Directory.GetFileSystemEntries(folder), []);

    private static T Try<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The process is gone, or another user's.
            return otherwise;
        }
    }
}
