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
        foreach (var folder in OptionalFiles.Entries(proc))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)) continue;
            if (OptionalFiles.Entries(Path.Combine(folder, "fd")).Any(file => OptionalFiles.Target(file) == target))
                return (process, CommandOf(folder));
        }

        return null;
    }

    /// <summary>The first process that has the link open by which a program is attached to an interface.</summary>
    /// <param name="program">The kernel's id of the program.</param>
    /// <param name="proc">Stands in for <c>/proc</c>.</param>
    /// <returns>Null where no process is seen to have it: the program was attached without a link, or by another user.</returns>
    public static (int Process, string Command)? AttacherOf(uint program, string proc = "/proc")
    {
        foreach (var folder in OptionalFiles.Entries(proc))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)) continue;
            var links = OptionalFiles.Entries(Path.Combine(folder, "fd"))
                .Where(file => OptionalFiles.Target(file).Contains("bpf", StringComparison.Ordinal));
            if (links.Any(file => IsLinkOf(program, Path.Combine(folder, "fdinfo", Path.GetFileName(file)))))
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
        foreach (var folder in OptionalFiles.Entries(proc))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)) continue;
            // address, permissions, offset, device, inode, path
            var maps = OptionalFiles.Lines(Path.Combine(folder, "maps"));
            if (maps.Any(line => IsOfSocket(line, offset))) found.Add((process, CommandOf(folder)));
        }

        return found;
    }

    /// <summary>The lines of Linux, kernel/bpf/syscall.c, bpf_link_show_fdinfo.</summary>
    private static bool IsLinkOf(uint program, string information)
    {
        var lines = OptionalFiles.Lines(information);
        return lines.Contains("link_type:\txdp") && lines.Contains($"prog_id:\t{program}");
    }

    private static bool IsOfSocket(string line, string offset) =>
        line.Contains("socket:[", StringComparison.Ordinal) && line.Split(' ', 4) is [_, _, var at, _] && at == offset;

    private static string CommandOf(string folder) => OptionalFiles.Text(Path.Combine(folder, "comm"))?.TrimEnd() ?? "?";
}
