using System.Text.Json;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Host.Schema;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Registry;

/// <summary>
/// The running pipelines of this host. Each has an entry, NAME.json, in a runtime folder, while it runs. What a killed one left behind is
/// known by its process and is removed.
/// </summary>
/// <param name="folders">The runtime folders, the machine's first.</param>
internal sealed class RunningPipelines(IReadOnlyList<string> folders)
{
    /// <summary>The folder of the machine. It is empty after the machine started.</summary>
    public const string OfMachine = "/run/pipeline";

    private const string Ending = ".json";

    /// <summary>An entry has a few hundred bytes.</summary>
    private const int MostBytes = 64 << 10;

    public static RunningPipelines Of(IReadOnlyDictionary<string, string> environment)
    {
        var user = environment.GetValueOrDefault("XDG_RUNTIME_DIR", "");
        return new(Path.IsPathRooted(user) ? [OfMachine, Path.Combine(user, "pipeline")] : [OfMachine]);
    }

    public IReadOnlyList<string> Folders => folders;

    /// <summary>All that run, by name. Entries of ended processes are removed where that is permitted.</summary>
    /// <param name="unreadable">The names of entries that are another user's.</param>
    public IReadOnlyList<PipelineJson> All(out IReadOnlyList<string> unreadable)
    {
        var entries = Entries();
        unreadable = [.. entries.Where(e => e.Says is null).Select(e => e.Name)];
        return [.. entries.Where(e => !e.HasEnded).Select(e => e.Says).OfType<PipelineJson>().OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    /// <param name="whyNot">Why a pipeline of that name is not there to be asked; null where it is, and where nothing is known of any.</param>
    /// <returns>Null where none of that name runs, or this user must not know.</returns>
    public PipelineJson? Find(string name, out string? whyNot)
    {
        whyNot = null;
        if (!Names.IsName(name)) return null;
        var named = Entries().FindAll(e => e.Name == name);
        if (named.Find(e => e is { Says: not null, HasEnded: false }) is { } running) return running.Says;
        if (named is [var first, ..]) whyNot = first.Says is { } ended ? $"pipeline {name} (pid {ended.Pid}) has ended" : $"pipeline {name} is another user's";
        return null;
    }

    /// <summary>
    /// Whether the process of an entry is gone, and at most a later one has its number. Of processes in other namespaces, such as those of
    /// containers that share the folder, that cannot be known.
    /// </summary>
    public static bool HasEnded(PipelineJson entry) =>
        PidNamespace.OfThisProcess is { } here && (entry.PidNamespace ?? here) == here && ProcessStart.Of(entry.Pid) != entry.PidStarted;

    public static string FileOf(string folder, string name) => Path.Combine(folder, name + Ending);

    /// <summary>Only root's entries and one's own count: commands send their token to the address in an entry.</summary>
    /// <returns>Null for a file that is no entry, or has gone.</returns>
    /// <exception cref="UnauthorizedAccessException">It is another user's, or this user must not read it.</exception>
    public static PipelineJson? Read(string file)
    {
        if (TrustedFile.Read(file, MostBytes) is not { } bytes) return null;
        try
        {
            return JsonSerializer.Deserialize(bytes, JsonShapes.Default.PipelineJson) is { Name: not null, Interfaces: not null, Source: not null } entry
                ? entry with { Name = Path.GetFileNameWithoutExtension(file) }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private List<Entry> Entries() => [.. folders.SelectMany(Files).Select(EntryOf).OfType<Entry>()];

    /// <returns>Null for what is no entry.</returns>
    private static Entry? EntryOf(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        try
        {
            if (Read(file) is not { } says) return null;
            var hasEnded = HasEnded(says);
            if (hasEnded) StaleEntry.Remove(file, says);
            return new Entry(name, says, hasEnded);
        }
        catch (UnauthorizedAccessException)
        {
            return new Entry(name, null, HasEnded: false);
        }
    }

    private static string[] Files(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*" + Ending).Where(f => Names.IsName(Path.GetFileNameWithoutExtension(f)))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <param name="Says">Null where it is another user's.</param>
    private sealed record Entry(string Name, PipelineJson? Says, bool HasEnded);
}
