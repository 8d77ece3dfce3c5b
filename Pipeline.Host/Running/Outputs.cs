using Pipeline.Actors.Configuration;

namespace Pipeline.Host.Running;

/// <summary>What can be said against a run's outputs before any of them is created.</summary>
internal static class Outputs
{
    /// <exception cref="UsageException">An output would destroy the input, or standard output is wanted for two things or is a screen.</exception>
    public static void Check(PipelineOptions options, bool json, bool outIsTerminal)
    {
        var files = options.Consumers.Values.Where(c => c.Write is not null).Select(c => c.Write!).ToList();
        var toOut = files.Count(f => f == "-");
        if (toOut > 1) throw new UsageException("two captures cannot both be written to standard output");
        if (toOut > 0 && json) throw new UsageException("--json prints the report to standard output, where the capture is to be written; give -w a file name");
        if (toOut > 0 && outIsTerminal) throw new UsageException("will not write a capture to a terminal; redirect standard output, or give -w a file name");

        if (options.Source.File is not { } input || input == "-") return;
        if (files.Find(f => f != "-" && IsSame(f, input)) is { } same) throw new UsageException($"{same}: would be overwritten while it is read; give -w another name");
    }

    private static bool IsSame(string one, string other) => File.Exists(one) && Canonical(one) == Canonical(other);

    /// <summary>The path with no symbolic link left in it.</summary>
    private static string Canonical(string path)
    {
        var full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } parent) return full;
        var here = Path.Combine(Canonical(parent), Path.GetFileName(full));
        var target = new FileInfo(here).ResolveLinkTarget(returnFinalTarget: true);
        return target is null ? here : Canonical(target.FullName);
    }
}
