namespace Pipeline.Actors.Dispatch;

/// <summary>
/// Decides which thread runs what, and on which CPU. Pure: the same machine and the same pipeline give the same placement.
/// </summary>
/// <remarks>
/// <para>
/// A thread gets a CPU of its own or none at all, because two threads that spin on one CPU would keep each other from working. One CPU is
/// left to everything that no packet waits for (control, heartbeats, garbage collection), so threads are pinned only on three or more CPUs.
/// </para>
/// <para>
/// Nothing is pinned under a quota. A quota takes away time and not CPUs, and a pinned thread could not avoid whoever else uses its CPU.
/// </para>
/// </remarks>
public sealed record CpuPlacement
{
    /// <summary>One for control, one for queues, one for consumers.</summary>
    private const int FewestCpusToPin = 3;

    private readonly UsableCpus _cpus;
    private readonly int _queues;
    private readonly int _instances;

    private CpuPlacement(UsableCpus cpus, int queues, int instances)
    {
        _cpus = cpus;
        _queues = queues;
        _instances = instances;
        var (intake, delivery) = Threads(Math.Max(2, cpus.Count - 1), Math.Max(1, queues), Math.Max(1, instances));
        IntakeCpus = [.. Enumerable.Range(0, intake).Select(Cpu)];
        DeliveryCpus = [.. Enumerable.Range(intake, delivery).Select(Cpu)];
    }

    /// <summary>The CPU of each thread that runs queues with their routers; null for a thread that the kernel places.</summary>
    public IReadOnlyList<int?> IntakeCpus { get; }

    /// <summary>The CPU of each thread that runs consumers; null for a thread that the kernel places.</summary>
    public IReadOnlyList<int?> DeliveryCpus { get; }

    /// <summary>Whether threads are bound to CPUs.</summary>
    public bool IsPinned => _cpus.Count >= FewestCpusToPin && !_cpus.HasQuota;

    /// <param name="cpus">The CPUs that may be used.</param>
    /// <param name="queues">The number of queues of the source. Each has a router on the same thread.</param>
    /// <param name="instances">Consumer instances of all groups together.</param>
    public static CpuPlacement Of(UsableCpus cpus, int queues, int instances) => new(cpus, queues, instances);

    /// <summary>The thread of a queue and its router, which therefore share a cache.</summary>
    public int IntakeThreadOf(int queue) => queue % IntakeCpus.Count;

    /// <summary>The thread of a consumer instance. Consecutive instances of a group get different threads.</summary>
    public int DeliveryThreadOf(int instance) => instance % DeliveryCpus.Count;

    /// <summary>The placement in words, a line each.</summary>
    public IEnumerable<string> Describe(IReadOnlyList<string> queues, IReadOnlyList<string> instances)
    {
        yield return IsPinned ? $"CPU {_cpus.Ids[0]} of {_cpus.Ids.Count} is left to control" : WhyNotPinned();
        for (var i = 0; i < _queues; i++)
            yield return $"queue {queues[i]} and its router: {Place("intake", IntakeThreadOf(i), IntakeCpus)}";
        for (var i = 0; i < _instances; i++)
            yield return $"consumer {instances[i]}: {Place("delivery", DeliveryThreadOf(i), DeliveryCpus)}";
    }

    private static string Place(string kind, int thread, IReadOnlyList<int?> cpus) =>
        $"thread {kind}-{thread}" + (cpus[thread] is { } cpu ? $" on CPU {cpu}" : "");

    /// <summary>One thread for each where there are enough CPUs, else CPUs in proportion to the number of each kind.</summary>
    private static (int Intake, int Delivery) Threads(int cpus, int queues, int instances)
    {
        if (queues + instances <= cpus) return (queues, instances);
        var intake = Math.Clamp((int)Math.Round((double)cpus * queues / (queues + instances)), 1, Math.Min(queues, cpus - 1));
        var delivery = Math.Min(instances, cpus - intake);
        return (Math.Min(queues, cpus - delivery), delivery);
    }

    private int? Cpu(int thread) => IsPinned ? _cpus.Ids[thread + 1] : null;

    private string WhyNotPinned() => _cpus.Count >= FewestCpusToPin
        ? $"threads are not bound to CPUs: a quota leaves the time of {_cpus.Limit} out of {_cpus.Ids.Count}"
        : $"threads are not bound to CPUs: {_cpus.Count} can be used, and {FewestCpusToPin} are needed";
}
