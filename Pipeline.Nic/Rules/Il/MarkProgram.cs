using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>A rule set ready to run on packets of one link layer. Immutable.</summary>
internal sealed record MarkProgram
{
    /// <summary>
    /// Packets at a time where rules are spread over several methods. The indexes of that many pending packets lie on the stack.
    /// </summary>
    private const int SlicePackets = 256;

    /// <summary>If one in this many of a bundle's packets matches, the next bundle's are marked without a branch.</summary>
    private const int ManyAreOneIn = 4;

    private readonly RuleLoop[] _loops;

    /// <param name="loops">The loops that try the rules: the ranges' methods, and the interpreter for rules that are not compiled.</param>
    public MarkProgram(
        LinkLayer link, FilterSet filters, GuardConditions conditions, InterpretedRules interpreter, IReadOnlyList<CompiledRange> ranges,
        RuleLoop[] loops)
    {
        (Link, Filters, Conditions, Interpreter, Ranges, _loops) = (link, filters, conditions, interpreter, ranges, loops);
        CompiledRules = ranges.Count > 0 ? ranges[^1].Range.End - conditions.Count : 0;
    }

    public LinkLayer Link { get; private init; }

    public FilterSet Filters { get; private init; }

    /// <summary>The conditions of the guards before the rules.</summary>
    public GuardConditions Conditions { get; }

    /// <summary>The same rules, interpreted.</summary>
    public InterpretedRules Interpreter { get; }

    /// <summary>The compiled rules, method by method.</summary>
    public IReadOnlyList<CompiledRange> Ranges { get; }

    /// <summary>
    /// The same as the only loop, but without a branch; null where that is impossible. Where some of the packets match, a sieve saves less
    /// than mispredicted branches cost. Where few match, it saves more.
    /// </summary>
    public RuleLoop? Flat { private get; init; }

    /// <summary>Whether there is also a method without branches, for when many packets match.</summary>
    public bool HasFlat => Flat is not null;

    /// <summary>How many of the rules are compiled. Those after them are interpreted.</summary>
    public int CompiledRules { get; }

    /// <param name="mostCompiled">The most rules that are compiled; 0 interprets guards too.</param>
    public static MarkProgram Compile(IReadOnlyList<MarkRule> rules, LinkLayer link, int mostCompiled) =>
        Compile(rules, [], link, mostCompiled);

    /// <inheritdoc cref="Compile(IReadOnlyList{MarkRule}, LinkLayer, int)"/>
    public static MarkProgram Compile(IReadOnlyList<MarkRule> rules, IReadOnlyList<Guard> guards, LinkLayer link, int mostCompiled) =>
        new MarkCompiler(rules, guards, mostCompiled).For(link);

    /// <summary>The same code for another link layer, for when no filter and no guard differs.</summary>
    /// <param name="filters">Filters with the same programs. Only libpcap's messages may differ.</param>
    public MarkProgram For(LinkLayer link, FilterSet filters) => this with { Link = link, Filters = filters };

    /// <summary>Marks a bundle's packets and counts the matches. Allocates nothing.</summary>
    public unsafe void Run(PageBundle bundle, RuleCounters counters)
    {
        var region = bundle.Pool.RegionFor(bundle.Packets);
        fixed (Packet* packets = bundle.Packets)
        fixed (long* counts = &counters.First)
        {
            if (Flat is { } flat) RunOneTable(flat, packets, bundle.Count, region, counts, counters);
            else if (_loops.Length == 1) _loops[0](packets, bundle.Count, null, region, counts, (int)Link.Type);
            else
                for (var at = 0; at < bundle.Count; at += SlicePackets)
                    RunSlice(packets + at, Math.Min(SlicePackets, bundle.Count - at), region, counts);
        }

        // The code contains the addresses of tables, and is collected with its delegate.
        GC.KeepAlive(this);
    }

    private unsafe void RunOneTable(RuleLoop flat, Packet* packets, int count, byte* region, long* counts, RuleCounters counters)
    {
        var loop = counters.ManyMatch ? flat : _loops[0];
        var unmatched = *counts;
        loop(packets, count, null, region, counts, (int)Link.Type);
        counters.ManyMatch = (count - (*counts - unmatched)) * ManyAreOneIn > count;
    }

    private unsafe void RunSlice(Packet* packets, int count, byte* region, long* counts)
    {
        var pending = stackalloc int[SlicePackets];
        foreach (var loop in _loops)
        {
            count = loop(packets, count, pending, region, counts, (int)Link.Type);
            if (count == 0) return;
        }
    }
}
