using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Rules;

/// <summary>
/// What rules and guards of one generation matched among the packets that a device passed by itself. Nobody else counts these packets by
/// rule; packets that the device took are not among them. It lives as long as somebody holds it, whatever rules the device runs meanwhile.
/// Any thread, while packets flow.
/// </summary>
public interface IPassedCounts
{
    /// <summary>How many tallies there are: unmatched packets, each rule, each guard in force, as in <see cref="RuleCounters"/>.</summary>
    int Places { get; }

    /// <summary>
    /// Whether the device decides no packet by this generation any more. What is read after this was true stays as it is.
    /// </summary>
    bool IsFinal { get; }

    /// <summary>Writes the tallies so far; none is ever less than it was. Allocates nothing once warm.</summary>
    /// <param name="counts">Room for <see cref="Places"/>.</param>
    void ReadCounts(Span<PacketTally> counts);
}
