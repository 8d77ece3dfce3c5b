using Pipeline.Nic.Linux;

namespace Pipeline.Actors.Dispatch;

/// <summary>What the machine, its containers and <c>taskset</c> leave to this process.</summary>
/// <param name="Ids">The CPUs it may run on: one of each core first, then their hyper-thread siblings.</param>
/// <param name="Limit">CPUs' worth of time that it gets, rounded up; fewer than <paramref name="Ids"/> where a quota says so.</param>
public sealed record UsableCpus(IReadOnlyList<int> Ids, int Limit)
{
    /// <summary>CPUs that can be kept busy at once.</summary>
    public int Count => Math.Max(1, Math.Min(Ids.Count, Limit));

    /// <summary>A quota is time and not CPUs: the process is on whichever of them it likes until the time is used up.</summary>
    public bool HasQuota => Limit < Ids.Count;

    /// <summary>
    /// As the process finds it now. The limit is <see cref="Environment.ProcessorCount"/>, in which the runtime has taken the quotas of
    /// all cgroups around it into account (cpu.max, cpu.cfs_quota_us), and DOTNET_PROCESSOR_COUNT.
    /// </summary>
    public static UsableCpus OfThisProcess() => new(ByCore(Sched.AllowedCpus(), FirstSibling), Environment.ProcessorCount);

    /// <summary>Puts CPUs that have a core for themselves before those that share one with a CPU before them.</summary>
    /// <param name="cpus">Ascending.</param>
    /// <param name="coreOf">The same number for CPUs of the same core.</param>
    internal static IReadOnlyList<int> ByCore(IReadOnlyList<int> cpus, Func<int, int> coreOf)
    {
        var seen = new HashSet<int>();
        var firsts = cpus.Where(cpu => seen.Add(coreOf(cpu))).ToList();
        return [.. firsts, .. cpus.Except(firsts)];
    }

    /// <summary>A core is known by the first of its CPUs (Linux, Documentation/admin-guide/cputopology.rst).</summary>
    private static int FirstSibling(int cpu)
    {
        try
        {
            var siblings = File.ReadAllText($"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
            return int.TryParse(siblings.Split(',', '-', '\n')[0], out var first) ? first : cpu;
        }
        catch (IOException)
        {
            return cpu; // A machine that does not tell has no siblings that matter.
        }
        catch (UnauthorizedAccessException)
        {
            return cpu;
        }
    }
}
