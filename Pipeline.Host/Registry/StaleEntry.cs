using Pipeline.Host.Schema;

namespace Pipeline.Host.Registry;

/// <summary>What a pipeline that was killed left behind.</summary>
internal static class StaleEntry
{
    /// <summary>
    /// Removes an entry, unless another has taken its place since it was read. So it is first given another name and looked at again.
    /// </summary>
    public static void Remove(string file, PipelineJson stale)
    {
        var aside = $"{file}.{Guid.NewGuid():N}";
        try
        {
            File.Move(file, aside);
            if (RunningPipelines.Read(aside) is not { } found || (found.Pid, found.PidStarted) == (stale.Pid, stale.PidStarted)) File.Delete(aside);
            else File.Move(aside, file, overwrite: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody else removed it, or only its owner may.
        }
    }
}
