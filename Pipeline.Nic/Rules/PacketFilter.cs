using System.Collections.Concurrent;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Compiled;

namespace Pipeline.Nic.Rules;

/// <summary>A pcap-filter expression by itself, as given on a command line. Compiled for each link type it meets.</summary>
public sealed class PacketFilter
{
    // An expression may be meant for packets that Ethernet cannot carry. It is a mistake only if none of these has a use for it:
    // Ethernet, 802.11, radiotap, cooked, raw IP, PPP, null, SLIP, ARCNET, SunATM, MTP2, pflog (tcpdump.org/linktypes.html).
    private static readonly int[] TypicalLinkTypes = [1, 105, 127, 113, 101, 9, 0, 8, 129, 123, 140, 117];

    private readonly ConcurrentDictionary<LinkType, Prepared> _prepared = new();

    private PacketFilter(string expression) => Expression = expression;

    public string Expression { get; }

    /// <exception cref="FilterException">libpcap finds no sense in it for any usual link type, or is not there.</exception>
    public static PacketFilter Create(string expression)
    {
        FilterException? first = null;
        foreach (var linkType in TypicalLinkTypes)
        {
            try
            {
                FilterCompiler.Compile(expression, (LinkType)linkType);
                return new PacketFilter(expression);
            }
            catch (FilterException e)
            {
                first ??= e;
            }
        }

        throw first!;
    }

    /// <summary>Compiles it for a link type; may be called again and from any thread.</summary>
    /// <returns>libpcap's words when it rejects the expression for this link type, which then never matches; else null.</returns>
    public string? Prepare(LinkType linkType) => _prepared.GetOrAdd(linkType, Compile).Rejection;

    /// <summary>
    /// Sets <see cref="PacketFlags.Selected"/> on the packets that match, and takes it off the others. Allocates nothing, unless the
    /// bundle's link type was not prepared.
    /// </summary>
    /// <returns>How many match.</returns>
    public int Select(PageBundle bundle)
    {
        var linkType = bundle.Interface.LinkType;
        if (!_prepared.TryGetValue(linkType, out var prepared)) prepared = _prepared.GetOrAdd(linkType, Compile);
        var selected = 0;
        foreach (ref var packet in bundle.Packets)
        {
            var matches = prepared.Program is { } program && RuleCompiler.Matches(program, bundle.BytesOf(packet), packet.WireLength);
            packet.Flags = matches ? packet.Flags | PacketFlags.Selected : packet.Flags & ~PacketFlags.Selected;
            if (matches) selected++;
        }

        return selected;
    }

    private Prepared Compile(LinkType linkType)
    {
        try
        {
            return new Prepared(RuleCompiler.Compile(FilterCompiler.Compile(Expression, linkType)), null);
        }
        catch (FilterException e)
        {
            return new Prepared(null, e.Message);
        }
    }

    private sealed record Prepared(RuleChunk? Program, string? Rejection);
}
