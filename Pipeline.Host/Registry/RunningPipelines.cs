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
        List<PipelineJson> running = [];
        List<string> others = [];
        foreach (var file in folders.SelectMany(Files))
        {
            try
            {
                if (Read(file) is not { } entry) continue;
                if (HasEnded(entry)) StaleEntry.Remove(file, entry);
                else running.Add(entry);
            }
            catch (UnauthorizedAccessException)
            {
                others.Add(Path.GetFileNameWithoutExtension(file));
            }
        }

        unreadable = others;
        return [.. running.OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    /// <returns>Null where none of that name runs, or this user must not know.</returns>
    public PipelineJson? Find(string name) => Names.IsName(name) ? All(out _).FirstOrDefault(p => p.Name == name) : null;

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
}
