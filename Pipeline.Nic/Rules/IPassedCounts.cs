using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Rules;

/// <summary>
/// Counts, by rule and guard of one generation, the packets that a device passed by itself. Nobody else counts these packets by rule.
/// Packets that the device took are not included. It lives as long as somebody holds it, whatever rules the device runs meanwhile. Any
/// thread, while packets flow.
/// </summary>
public interface IPassedCounts
{
    /// <summary>How many tallies there are: unmatched packets, each rule, each guard in force, as in <see cref="RuleCounters"/>.</summary>
    int Places { get; }

    /// <summary>
    /// Whether the device no longer decides packets by this generation. Counts that are read after this was true do not change.
    /// </summary>
    bool IsFinal { get; }

    /// <summary>Writes the tallies so far. They never fall. Allocates nothing once warm.</summary>
    /// <param name="counts">Room for <see cref="Places"/>.</param>
    void ReadCounts(Span<PacketTally> counts);
}
