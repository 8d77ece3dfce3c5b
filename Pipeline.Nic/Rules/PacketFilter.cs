using System.Collections.Concurrent;
using System.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Il;

namespace Pipeline.Nic.Rules;

/// <summary>
/// A pcap-filter expression by itself, as given on a command line. It is compiled for each link layer it meets. Link layers with equal
/// programs share one.
/// </summary>
[DebuggerDisplay("{Expression}: {Programs} programs")]
public sealed class PacketFilter
{
    // An expression can be meant for packets that Ethernet cannot carry. It is a mistake only if it is invalid for all of these:
    // Ethernet, 802.11, radiotap, cooked, cooked v2, raw IP, PPP, null, SLIP, ARCNET, SunATM, MTP2, pflog (tcpdump.org/linktypes.html).
    private static readonly int[] TypicalLinkTypes = [1, 105, 127, 113, 276, 101, 9, 0, 8, 129, 123, 140, 117];

    private readonly ConcurrentDictionary<LinkLayer, Prepared> _prepared = new();
    private readonly Dictionary<CbpfProgram, RuleLoop> _loops = [];
    private readonly FilterEngine _engine;
    private readonly FilterEffort _effort;

    private PacketFilter(string expression, FilterEngine engine, FilterEffort effort) =>
        (Expression, _engine, _effort) = (expression, engine, effort);

    /// <summary>The expression as it was given. The empty expression matches every packet.</summary>
    public string Expression { get; }

    /// <inheritdoc cref="Create(string, FilterEngine)"/>
    public static PacketFilter Create(string expression) => Create(expression, FilterEngine.Compiled);

    /// <summary>
    /// Takes an expression that libpcap accepts for some link type. Loads libpcap at the first call in the process.
    /// </summary>
    /// <param name="expression">In the language of pcap-filter(7).</param>
    /// <param name="engine">The engine that runs it. All engines match the same packets.</param>
    /// <exception cref="FilterException">libpcap rejects it for every usual link type, or is not installed.</exception>
    public static PacketFilter Create(string expression, FilterEngine engine) => Create(expression, engine, FilterEffort.Usual);

    /// <summary>
    /// Takes an expression short enough to be compiled within a second and 16 MiB, which not even an unusual one exceeds: at most 1024
    /// characters. Host names are the exception, because libpcap asks the resolver for their addresses.
    /// </summary>
    /// <inheritdoc cref="Create(string)"/>
    public static PacketFilter CreateQuickly(string expression) => Create(expression, FilterEngine.Compiled, FilterEffort.Quick);

    private static PacketFilter Create(string expression, FilterEngine engine, FilterEffort effort)
    {
        FilterException? first = null;
        foreach (var linkType in TypicalLinkTypes)
        {
            try
            {
                FilterCompiler.Compile(expression, (LinkType)linkType, effort);
                return new PacketFilter(expression, engine, effort);
            }
            catch (FilterException e)
            {
                first ??= e;
            }
        }

        throw first!;
    }

    /// <summary>A filter from an existing program, for packets of Ethernet.</summary>
    internal static PacketFilter Of(CbpfProgram program)
    {
        var filter = new PacketFilter("", FilterEngine.Compiled, FilterEffort.Usual);
        filter._prepared[LinkLayer.FromLinkType(LinkType.Ethernet)] = new Prepared(RuleCompiler.Compile(program), null);
        return filter;
    }

    /// <summary>The number of programs it was compiled to so far.</summary>
    internal int Programs => _loops.Count;

    /// <summary>Compiles it for a link layer; may be called again and from any thread.</summary>
    /// <returns>libpcap's message if it rejects the expression for this link type; the filter then never matches. Otherwise null.</returns>
    public string? Prepare(LinkLayer link) => _prepared.GetOrAdd(link, Compile).Rejection;

    /// <summary>
    /// Sets <see cref="PacketFlags.Selected"/> on the packets that match, and clears it on the others. Allocates nothing, unless the
    /// bundle's link type was not prepared.
    /// </summary>
    /// <returns>How many match.</returns>
    public unsafe int Select(PageBundle bundle)
    {
        var link = bundle.Interface.Link;
        if (!_prepared.TryGetValue(link, out var prepared)) prepared = _prepared.GetOrAdd(link, Compile);
        if (prepared.Program is not { } program) return Deselect(bundle);
        var region = bundle.Pool.RegionFor(bundle.Packets);
        fixed (Packet* packets = bundle.Packets)
        {
            var selected = program(packets, bundle.Count, null, region, null, (int)link.Type);
            GC.KeepAlive(program);
            return selected;
        }
    }

    /// <summary>
    /// Whether one packet of a bundle matches. Its flags stay as they are. Allocates nothing.
    /// </summary>
    /// <param name="bundle">The packet's, which the caller holds.</param>
    /// <param name="packet">One of its packets.</param>
    /// <returns>Null where the filter has not been prepared for the bundle's link layer.</returns>
    public unsafe bool? Matches(PageBundle bundle, in Packet packet)
    {
        var link = bundle.Interface.Link;
        if (!_prepared.TryGetValue(link, out var prepared)) return null;
        if (prepared.Program is not { } program) return false;
        var copy = packet;
        program(&copy, 1, null, bundle.Pool.RegionFor(new ReadOnlySpan<Packet>(in packet)), null, (int)link.Type);
        GC.KeepAlive(program);
        return copy.Has(PacketFlags.Selected);
    }

    private static int Deselect(PageBundle bundle)
    {
        foreach (ref var packet in bundle.Packets) packet.Flags &= ~PacketFlags.Selected;
        return 0;
    }

    private Prepared Compile(LinkLayer link)
    {
        try
        {
            return new Prepared(Compile(FilterCompiler.Compile(Expression, link, _effort)), null);
        }
        catch (FilterException e)
        {
            return new Prepared(null, e.Message);
        }
    }

    private RuleLoop Compile(CbpfProgram program)
    {
        lock (_loops)
        {
            if (_loops.TryGetValue(program, out var same)) return same;
            var loop = _engine == FilterEngine.Compiled ? RuleCompiler.Compile(program) : LoopOf(InterpretedFilter.By(_engine, program));
            _loops.Add(program, loop);
            return loop;
        }
    }

    private static unsafe RuleLoop LoopOf(InterpretedFilter filter) => filter.Run;

    private sealed record Prepared(RuleLoop? Program, string? Rejection);
}
