using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices;

/// <summary>
/// A device that runs a leading part of the rules itself. It writes their marks into its descriptors. Packets that it knows are for the
/// normal stack it leaves there: those count as received and passed, and no queue gives them out.
/// </summary>
public interface IRuleOffload
{
    /// <summary>
    /// Gives the device a generation in place of the last. It takes as many rules from the start as it can express and has room for. The
    /// software tries the other rules, and on packets that the device did not match it continues from there. From here on every bundle says
    /// which generation's rules were tried, and how many (<see cref="MarkedByDevice"/>). The device passes a packet only where guards and
    /// rules that it runs decide it for good and the verdict is <see cref="PacketVerdict.Pass"/>. One generation decides about a packet.
    /// Any thread, while packets flow.
    /// </summary>
    OffloadReport Load(OffloadedRules rules);

    /// <summary>
    /// The packets of a queue that the device itself passed, under all generations. The number never falls. A device that cannot tell
    /// queues apart gives all of them to the first. Any thread, while packets flow and after the device was disposed: then the number is
    /// final, as all counts are.
    /// </summary>
    /// <param name="queue">The queue's index among the device's queues.</param>
    PacketTally PassedFrom(int queue);
}

/// <summary>A device's report on a generation.</summary>
/// <param name="Generation">Its number.</param>
/// <param name="Rules">How many rules the device runs, from the first on.</param>
/// <param name="Tables">How full its tables are, in words.</param>
/// <param name="Refused">The rules left to software, in their order.</param>
/// <param name="Passed">The device's counts for this generation; null where it passes nothing by itself.</param>
public sealed record OffloadReport(
    int Generation, int Rules, string Tables, IReadOnlyList<RefusedRule> Refused, IPassedCounts? Passed = null);
