using Pipeline.Nic.Linux;

namespace Pipeline.Actors.Dispatch;

/// <summary>The CPUs that the machine, its containers and <c>taskset</c> leave to this process.</summary>
/// <param name="Ids">The CPUs it may run on: one of each core first, then their hyper-thread siblings.</param>
/// <param name="Limit">The CPU time it gets, in CPUs and rounded up. It is less than <paramref name="Ids"/> under a quota.</param>
public sealed record UsableCpus(IReadOnlyList<int> Ids, int Limit)
{
    /// <summary>CPUs that can be kept busy at once.</summary>
    public int Count => Math.Max(1, Math.Min(Ids.Count, Limit));

    /// <summary>
    /// Whether a quota applies. A quota limits time and not CPUs: the process may use all of them until its time is used up.
    /// </summary>
    public bool HasQuota => Limit < Ids.Count;

    /// <summary>
    /// The CPUs of this process now. The limit is <see cref="Environment.ProcessorCount"/>, which already reflects the quotas of all
    /// cgroups around the process (cpu.max, cpu.cfs_quota_us) and DOTNET_PROCESSOR_COUNT.
    /// </summary>
    public static UsableCpus OfThisProcess() => new(ByCore(Sched.AllowedCpus(), FirstSibling), Environment.ProcessorCount);

    /// <summary>Puts CPUs that have a core to themselves before those that share one with an earlier CPU.</summary>
    /// <param name="cpus">Ascending.</param>
    /// <param name="coreOf">Gives the same number for CPUs of the same core.</param>
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
            return cpu; // A machine that does not say has no siblings that matter.
        }
        catch (UnauthorizedAccessException)
        {
            return cpu;
        }
    }
}
