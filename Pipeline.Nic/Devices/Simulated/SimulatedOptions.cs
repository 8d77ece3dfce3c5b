using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>The make-up of a simulated NIC and its traffic.</summary>
public sealed record SimulatedOptions
{
    /// <summary>The most queues of the device and its virtual functions together. Each has a pool and scans the whole wire.</summary>
    public const int MostQueues = SourceOptions.MostQueues;

    /// <summary>The most descriptors of a ring.</summary>
    public const int MostRing = 65536;

    /// <summary>The most flows of the traffic.</summary>
    public const int MostFlows = 262144;

    /// <summary>The fewest pages of a queue's pool.</summary>
    public const int FewestPages = 64;

    /// <summary>The most pages of a queue's pool.</summary>
    public const int MostPages = 1 << 20;

    /// <summary>The most filters of either kind.</summary>
    public const int MostFilters = 65536;

    /// <summary>The most faults that can be ordered.</summary>
    public const int MostFaults = 1000;

    private static readonly Dictionary<string, TrafficProfile> Profiles = new()
    {
        ["imix"] = TrafficProfile.Imix,
        ["small"] = TrafficProfile.Small,
        ["64"] = TrafficProfile.Small,
        ["zipf"] = TrafficProfile.Zipf,
        ["elephant"] = TrafficProfile.Elephant,
        ["mixed"] = TrafficProfile.Mixed,
    };

    /// <summary>The most packets per second that a wire can be told to carry.</summary>
    public const long MostRate = 1_000_000_000;

    /// <summary>All traffic follows from it: two runs with one seed are the same to the byte.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Queues of the device itself; virtual functions have their own.</summary>
    public int Queues { get; init; } = 4;

    /// <summary>Descriptors of each queue's ring.</summary>
    public int Ring { get; init; } = 1024;

    /// <summary>The traffic on the wire, unless it is a capture.</summary>
    public TrafficProfile Profile { get; init; } = TrafficProfile.Imix;

    /// <summary>A capture file whose packets are on the wire, with their own timestamps, in place of <see cref="Profile"/>.</summary>
    public string? Capture { get; init; }

    /// <summary>Packets on the wire. Null means no end, or for a capture its last packet.</summary>
    public long? Packets { get; init; }

    /// <summary>Flows that the traffic is made of.</summary>
    public int Flows { get; init; } = 1024;

    /// <summary>
    /// Packets per second on the wire. Null means 10 million on the virtual clock; on the real clock it means as fast as they are taken.
    /// </summary>
    public long? Rate { get; init; }

    /// <summary>Packets per second that the host takes out of each ring, on the virtual clock; null keeps up with any rate.</summary>
    public long? Drain { get; init; }

    /// <summary>Whether the clock is the real one, on which a slow pipeline loses packets, instead of the virtual one.</summary>
    public bool FreeRunning { get; init; }

    /// <summary>Pages of each queue's pool, one packet per page.</summary>
    public int Pages { get; init; } = 2048;

    /// <summary>
    /// Whether both directions of a flow come in on one queue: a key that repeats its first 16 bits then replaces the published one.
    /// </summary>
    public bool SymmetricRss { get; init; }

    /// <summary>Virtual functions. Number n has the MAC address 02:00:00:00:00:n+1, and queues of its own.</summary>
    public int Vfs { get; init; }

    /// <summary>Queues of each virtual function.</summary>
    public int VfQueues { get; init; } = 1;

    /// <summary>Exact matches of a whole 5-tuple that the device has room for.</summary>
    public int PerfectFilters { get; init; } = 1024;

    /// <summary>Rules of offset, mask and value that the device has room for.</summary>
    public int U32Filters { get; init; } = 64;

    /// <summary>The ordered faults. Faults can overlap. There are none by default.</summary>
    public IReadOnlyList<SimulatedFault> Faults { get; init; } = [];

    /// <summary>
    /// Ends the wire once this many packets have come through to any queue; null for no such end. Only on the virtual clock: there the wire
    /// ends at the same packet in every run. Counting at the queues could not promise that.
    /// </summary>
    public long? MostReceived { get; init; }

    /// <summary>The names of the profiles, for messages.</summary>
    public static string ProfileWords => string.Join(", ", Profiles.Keys);

    /// <summary>Reads a profile by its name in configurations and on the command line.</summary>
    public static bool TryReadProfile(string word, out TrafficProfile profile) => Profiles.TryGetValue(word, out profile);

    /// <summary>All queues, those of virtual functions included.</summary>
    public int AllQueues => Queues + (Vfs * VfQueues);

    /// <summary>The problems with it; none where it can be used.</summary>
    public IEnumerable<OptionProblem> Check() =>
    [
        .. OptionProblem.Unless(Seed, 0, long.MaxValue, "seed", "is the seed"),
        .. OptionProblem.Unless(Queues, 1, MostQueues, "queues", "queues"),
        .. OptionProblem.Unless(Ring, 1, MostRing, "ring", "descriptors to a ring"),
        .. OptionProblem.Unless(Packets ?? 1, 1, long.MaxValue, "packets", "packets on the wire"),
        .. OptionProblem.Unless(Flows, 1, MostFlows, "flows", "flows"),
        .. OptionProblem.Unless(Rate ?? 1, 1, MostRate, "rate", "packets a second"),
        .. OptionProblem.Unless(Drain ?? 1, 1, MostRate, "drain", "packets a second"),
        .. OptionProblem.Unless(Pages, FewestPages, MostPages, "pages", "pages to a pool"),
        .. OptionProblem.Unless(Vfs, 0, MostQueues - 1, "vfs", "virtual functions"),
        .. OptionProblem.Unless(VfQueues, 1, MostQueues, "vf-queues", "queues to a virtual function"),
        .. OptionProblem.Unless(PerfectFilters, 0, MostFilters, "perfect-filters", "filters"),
        .. OptionProblem.Unless(U32Filters, 0, MostFilters, "u32-filters", "filters"),
        .. AllQueues <= MostQueues
            ? (OptionProblem[])[]
            : [new("vfs", $"{AllQueues} queues in all; expected at most {MostQueues}, those of virtual functions included")],
        .. !(FreeRunning && Drain is not null)
            ? (OptionProblem[])[]
            : [new("drain", "`drain` is for the virtual clock; with `free-running` the ring drains as fast as it is read")],
        .. Faults.Count <= MostFaults ? (OptionProblem[])[] : [new("faults", $"{Faults.Count} faults; expected at most {MostFaults}")],
    ];
}
