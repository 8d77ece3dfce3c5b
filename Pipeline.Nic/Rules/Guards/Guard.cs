using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Guards;

/// <summary>
/// A rule before all rules: a packet that meets one of its conditions is kept out. It gets no mark, no rule is tried on it, and it
/// goes to the normal stack.
/// </summary>
/// <param name="Name">The name by which rules lift it.</param>
/// <param name="Conditions">
/// Each has the guard's name, writes no bits and ends the search. None for a guard that asks the kernel's sockets.
/// </param>
public sealed record Guard(string Name, IReadOnlyList<TermRule> Conditions)
{
    /// <summary>For the guard that asks the kernel's sockets, what it has to know; null for all others.</summary>
    public OwnReplies? Replies { get; init; }

    /// <summary>
    /// Whether a condition means anything for packets of a link type. A condition that counts from the start of the packet is about an
    /// Ethernet header: with another link type, the same bytes mean something else.
    /// </summary>
    public static bool IsFor(TermRule condition, LinkType linkType) =>
        linkType == LinkType.Ethernet || condition.Terms.All(t => t.Address.Base != FieldBase.L2);

    internal bool Matches(LinkType linkType, in LocatedPacket packet) => Met(linkType, packet) is not null;

    /// <summary>The first condition that a packet meets, or null.</summary>
    internal TermRule? Met(LinkType linkType, in LocatedPacket packet)
    {
        foreach (var condition in Conditions)
        {
            if (IsFor(condition, linkType) && TermInterpreter.AllMatch(condition.Terms, packet)) return condition;
        }

        return null;
    }
}
