using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices;

/// <summary>
/// A device that runs a leading part of the rules itself. It writes their marks into its descriptors, and leaves to the normal stack what
/// it can tell goes there: those packets are received and passed, and no queue gives them out.
/// </summary>
public interface IRuleOffload
{
    /// <summary>
    /// Gives the device a generation in place of the last. It takes as many rules from the start as it can express and has room for; the
    /// rest, and whatever of the first it did not match, is the software's. From here on every bundle says which generation's rules were
    /// tried, and how many (<see cref="MarkedByDevice"/>). The device passes a packet only where guards and rules that it runs decide it
    /// for good and the verdict is <see cref="PacketVerdict.Pass"/>. One generation decides about a packet. Any thread, while packets flow.
    /// </summary>
    OffloadReport Load(OffloadedRules rules);

    /// <summary>
    /// What it passed by itself of what came in on a queue, under all generations; never less than it was. A device that cannot tell queues
    /// apart says it of the first. Any thread, while packets flow, and after the device was disposed: then it is final, as all counts are.
    /// </summary>
    /// <param name="queue">By its place among the device's queues.</param>
    PacketTally PassedFrom(int queue);
}

/// <summary>What a device made of a generation.</summary>
/// <param name="Generation">Its number.</param>
/// <param name="Rules">How many, from the first on, the device runs.</param>
/// <param name="Tables">How full its tables are, in words.</param>
/// <param name="Refused">Those left to software, in their order.</param>
/// <param name="Passed">What the device counts of this generation; null where it passes nothing by itself.</param>
public sealed record OffloadReport(
    int Generation, int Rules, string Tables, IReadOnlyList<RefusedRule> Refused, IPassedCounts? Passed = null);
