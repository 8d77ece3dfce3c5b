using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices;

/// <summary>A device that can run a leading part of the rules itself and write their marks into its descriptors.</summary>
public interface IMarkOffload
{
    /// <summary>
    /// Gives the device a set of rules in place of the last. It takes as many from the start as it can express and has room for; the rest,
    /// and whatever of the first it did not match, is the software's. From here on every bundle says which generation's rules were tried,
    /// and how many (<see cref="MarkedByDevice"/>). Any thread, while packets flow.
    /// </summary>
    OffloadReport Load(RuleSet rules);
}

/// <summary>What a device made of a set of rules.</summary>
/// <param name="Generation">The set's.</param>
/// <param name="Rules">How many, from the first on, the device runs.</param>
/// <param name="Tables">How full its tables are, in words.</param>
/// <param name="Refused">Those left to software, in their order.</param>
public sealed record OffloadReport(int Generation, int Rules, string Tables, IReadOnlyList<RefusedRule> Refused);
