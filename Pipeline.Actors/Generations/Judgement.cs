using Pipeline.Actors.Routing;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>What one set of rules decides about a packet. Routes are followed as if an expression had selected everything.</summary>
/// <param name="Rule">The last rule that matched, 1-based; 0 for none.</param>
/// <param name="Mark">The mark after all rules.</param>
/// <param name="IsKeptOut">Whether a keep-out guard matched, so that no rule was tried.</param>
internal readonly record struct Judgement(int Rule, uint Mark, bool IsKeptOut)
{
    public static Judgement Of(in Packet packet) => new(packet.Rule, packet.Mark, packet.Has(PacketFlags.KeptOut));

    private PacketFlags Flags => PacketFlags.Selected | (IsKeptOut ? PacketFlags.KeptOut : PacketFlags.None);

    /// <summary>Whether the packet is treated differently by another set. The rule that it was alone makes no difference.</summary>
    public bool Differs(Judgement other) => Mark != other.Mark || IsKeptOut != other.IsKeptOut;

    public RouteDecision Way(RouteTable routes) => routes.Resolve(Mark, Flags);

    /// <param name="rules">The set that decided.</param>
    /// <param name="routes">The routes that the packet would go along.</param>
    public RuleVerdict InWords(MarkTable rules, RouteTable routes) =>
        new(Rule == 0 ? null : rules.Rules.Rules[Rule - 1].Name, Mark, routes.InWords(Mark, Flags)) { IsKeptOut = IsKeptOut };
}
