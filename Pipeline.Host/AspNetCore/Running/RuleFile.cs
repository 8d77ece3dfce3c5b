using System.Text;
using Pipeline.Actors;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Running;

/// <summary>The rule file that a pipeline started with, which its next start reads again. Any thread.</summary>
internal sealed class RuleFile
{
    private RuleFile(string path) => Path = path;

    /// <summary>From the root, because the working directory might be another by the time it is written.</summary>
    public string Path { get; }

    /// <param name="path">What the pipeline read its rules from; null for nothing.</param>
    /// <returns>Null for none, and for a pipe or a terminal, out of which the next start reads something else.</returns>
    public static RuleFile? Of(string? path) => path is not null && FileIdentity.Of(path) is { } file ? new RuleFile(FromRoot(path, file)) : null;

    /// <summary>Behind a linked folder, <c>..</c> leads elsewhere than the path says, so it must stay in the path there.</summary>
    private static string FromRoot(string path, FileIdentity file)
    {
        var full = FullPath.Of(path);
        return FileIdentity.Of(full) == file ? full : System.IO.Path.Combine(FullPath.Of("."), path);
    }

    /// <summary>Compares what the file says now with the rules so far. Somebody might have edited it meanwhile.</summary>
    /// <param name="history">The generations, the one in force last.</param>
    public StartupRules Compare(IReadOnlyList<RuleGeneration> history)
    {
        try
        {
            var text = FileIdentity.Of(Path) is null ? throw new FileNotFoundException($"{Path}: no such file") : TextFile.Read(Path).Text;
            var same = history.Where(g => g.Text == text).Select(g => g.Number).ToHashSet();
            return new StartupRules(Path, same, same.Contains(history[^1].Number), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidInputException)
        {
            return new StartupRules(Path, new HashSet<int>(), IsSame: false, error.Message);
        }
    }

    /// <summary>Writes rules beside the file, so that nearly everything that can go wrong does before the rules are in force.</summary>
    /// <exception cref="RuleFileException">They cannot be written.</exception>
    public FileReplacement Write(string rules)
    {
        try
        {
            return FileReplacement.Write(Path, Encoding.UTF8.GetBytes(rules));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RuleFileException($"the rules cannot be saved: {error.Message}");
        }
    }
}

/// <summary>
/// The rules that the next start of a pipeline reads. Their text is not here: it can be long, and answers are sent for as long as their
/// readers like.
/// </summary>
/// <param name="Generations">The numbers of the generations that have these rules; none where the file cannot be read.</param>
/// <param name="IsSame">Whether they are the rules in force.</param>
/// <param name="Problem">Why the file cannot be read; null where it can.</param>
internal sealed record StartupRules(string File, IReadOnlySet<int> Generations, bool IsSame, string? Problem);

/// <summary>Rules cannot be saved. Nothing was changed.</summary>
internal sealed class RuleFileException(string message) : Exception(message);
