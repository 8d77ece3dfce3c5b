using Pipeline.Host.Schema;

namespace Pipeline.Host.Registry;

/// <summary>The entry of a run that has ended, in order or not.</summary>
internal static class StaleEntry
{
    /// <summary>
    /// Removes an entry, unless another has taken its place since it was read. So it is first given another name and looked at again.
    /// </summary>
    public static void Remove(string file, PipelineJson stale)
    {
        if (!Is(file, stale)) return;
        var aside = $"{file}.{Guid.NewGuid():N}";

        // Not even for a moment may both names be there: of two who remove it, one could take away what has come in its place.
        if (!Try(() => File.Move(file, aside, overwrite: true))) return;
        if (!Is(aside, stale) && Try(() => File.Move(aside, file, overwrite: false))) return;

        // If it is another's and cannot be given back, a third has that name by now, and nobody would find this file.
        Try(() => File.Delete(aside));
    }

    private static bool Is(string file, PipelineJson entry)
    {
        try
        {
            return RunningPipelines.Read(file) is { } found
                && (found.Pid, found.PidStarted, found.PidNamespace) == (entry.Pid, entry.PidStarted, entry.PidNamespace);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Somebody else might have removed it, and sometimes only its owner may.</summary>
    private static bool Try(Action change)
    {
        try
        {
            change();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
