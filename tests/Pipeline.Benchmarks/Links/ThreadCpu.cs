using System.Globalization;

namespace Pipeline.Benchmarks.Links;

/// <summary>The CPU time of threads of this process, as the kernel counts it.</summary>
internal static class ThreadCpu
{
    /// <summary>Seconds on a CPU of all threads with that name (at most 15 characters): the first number of schedstat, in nanoseconds.</summary>
    public static double Seconds(string name)
    {
        var nanoseconds = 0L;
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd() != name) continue;
                var words = File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ');
                nanoseconds += long.Parse(words[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread ended meanwhile.
            }
        }

        return nanoseconds / 1e9;
    }
}
