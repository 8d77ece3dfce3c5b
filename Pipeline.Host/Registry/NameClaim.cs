using System.Text;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Host.Schema;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Registry;

/// <summary>The name that a run has on this host as long as it lasts, and the entry that says so. Disposing gives it back.</summary>
internal sealed class NameClaim : IDisposable
{
    private const int MostTries = 1000;

    private const uint OwnersAlone = 0x180; // 0600

    private readonly PipelineJson _entry;
    private readonly string? _file;

    private NameClaim(string wanted, PipelineJson entry, string? file, string? problem) => (Wanted, _entry, _file, Problem) = (wanted, entry, file, problem);

    /// <summary>The name that was asked for.</summary>
    public string Wanted { get; }

    /// <summary>The same, or with a number after it where a running pipeline has that.</summary>
    public string Name => _entry.Name;

    /// <summary>Why nobody can see it: no runtime folder can be written to. Null where it is seen.</summary>
    public string? Problem { get; }

    /// <param name="wanted">What the entry says, and the name that it is to have.</param>
    public static NameClaim Take(RunningPipelines pipelines, PipelineJson wanted)
    {
        List<string> refusals = [];
        foreach (var folder in pipelines.Folders)
        {
            try
            {
                // What is there already keeps its permissions.
                Directory.CreateDirectory(folder);
                return Take(folder, wanted);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                refusals.Add($"{folder}: {error.Message}");
            }
        }

        return new NameClaim(wanted.Name, wanted, null, string.Join("; ", refusals));
    }

    public void Dispose()
    {
        // What cannot be removed is recognised as what a run left behind.
        if (_file is not null) StaleEntry.Remove(_file, _entry);
    }

    private static NameClaim Take(string folder, PipelineJson wanted)
    {
        for (var number = 1; number <= MostTries; number++)
        {
            var entry = number == 1 ? wanted : wanted with { Name = Numbered(wanted.Name, number) };
            var file = RunningPipelines.FileOf(folder, entry.Name);
            RemoveEnded(file);
            if (TryWrite(file, entry)) return new NameClaim(wanted.Name, entry, file, null);
        }

        throw new IOException($"{MostTries} pipelines have the name {wanted.Name}, each with a number");
    }

    private static void RemoveEnded(string file)
    {
        try
        {
            if (RunningPipelines.Read(file) is { } there && RunningPipelines.HasEnded(there)) StaleEntry.Remove(file, there);
        }
        catch (UnauthorizedAccessException)
        {
            // It is another user's, and so is the name.
        }
    }

    /// <summary>The entry is whole before it has its name, and a name that is there already is never taken away.</summary>
    private static bool TryWrite(string file, PipelineJson entry)
    {
        var written = $"{file}.{Guid.NewGuid():N}";
        try
        {
            using (var entryFile = FileReplacement.Write(written, Encoding.UTF8.GetBytes(JsonText.Of(entry, JsonShapes.Default.PipelineJson)), OwnersAlone)) entryFile.Commit();
            File.Move(written, file, overwrite: false);
            return true;
        }
        catch (IOException error) when (error.HResult == (int)Errno.EEXIST || File.Exists(file))
        {
            return false;
        }
        finally
        {
            File.Delete(written);
        }
    }

    private static string Numbered(string name, int number)
    {
        var ending = FormattableString.Invariant($"-{number}");
        return name[..Math.Min(name.Length, Names.Most - ending.Length)] + ending;
    }
}
