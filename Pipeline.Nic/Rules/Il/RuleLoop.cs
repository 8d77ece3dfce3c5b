using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// A range of rules, tried on the packets of a bundle in one call. Writes marks, rules and flags on them and counts the hits.
/// </summary>
/// <param name="packets">The bundle's packets.</param>
/// <param name="count">How many of them, or how many are pending.</param>
/// <param name="pending">
/// The indexes of the packets that no earlier range has decided; the first range takes all packets. On return, those that this range has
/// not decided either. May be null for the only range.
/// </param>
/// <param name="region">The address that packets' offsets count from.</param>
/// <param name="counts">The first of <see cref="RuleCounters"/>' counts.</param>
/// <param name="linkType">The packets' <see cref="Headers.LinkType"/>.</param>
/// <returns>How many are pending; 0 after the last range.</returns>
internal unsafe delegate int RuleLoop(Packet* packets, int count, int* pending, byte* region, long* counts, int linkType);
