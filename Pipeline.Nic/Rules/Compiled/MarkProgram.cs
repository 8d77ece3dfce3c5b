using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>A rule set ready to run on packets of one link type. Immutable.</summary>
internal sealed record MarkProgram
{
    /// <summary>Packets at a time where rules are spread over several methods: so many places of pending packets lie on the stack.</summary>
    private const int SlicePackets = 256;

    /// <summary>Of a bundle's packets one in so many has to match for the next bundle's to be marked without a branch.</summary>
    private const int ManyAreOneIn = 4;

    private readonly RuleLoop[] _loops;

    /// <summary>
    /// The same as the only loop, without a branch; null where that cannot be. Where some of the packets match, what a sieve saves is less than
    /// wrongly guessed branches cost; where few do, it is more.
    /// </summary>
    private readonly RuleLoop? _flat;

    private unsafe MarkProgram(IReadOnlyList<MarkRule> rules, IReadOnlyList<Guard> guards, LinkType linkType, int mostCompiled)
    {
        LinkType = linkType;
        Filters = FilterSet.Compile(rules, linkType);
        Conditions = new GuardConditions(guards);
        Interpreter = new InterpretedRules(rules, Filters.Programs, guards);
        List<RuleLoop> loops = [];
        if (mostCompiled > 0) Ranges = CompileRanges(rules, Math.Min(rules.Count, mostCompiled), loops);
        CompiledRules = Ranges.Count > 0 ? Ranges[^1].Range.End - Conditions.Count : 0;
        if (Ranges.Count == 0) loops.Add(Interpreter.Run);
        else if (CompiledRules < rules.Count) loops.Add(new InterpretedRules(rules, Filters.Programs, [], CompiledRules).Run);
        _loops = [.. loops];
        if (_loops.Length == 1 && Ranges is [{ Range.IsOneTable: true } only] && Conditions.Count == 0)
            _flat = RuleCompiler.Compile(only.Range, only.Tables, isLast: true, out _, isFlat: true);
    }

    public LinkType LinkType { get; private init; }

    public FilterSet Filters { get; }

    /// <summary>Those in front of the rules.</summary>
    public GuardConditions Conditions { get; }

    /// <summary>The same rules, interpreted.</summary>
    public InterpretedRules Interpreter { get; }

    /// <summary>What the compiled rules became, method by method.</summary>
    public IReadOnlyList<CompiledRange> Ranges { get; } = [];

    /// <summary>Whether there is a method without branches besides, for when many packets match.</summary>
    public bool HasFlat => _flat is not null;

    /// <summary>How many of the rules are compiled; those behind them are interpreted.</summary>
    public int CompiledRules { get; }

    /// <param name="mostCompiled">How many of the rules are compiled at the most; 0 interprets guards too.</param>
    public static MarkProgram Compile(IReadOnlyList<MarkRule> rules, LinkType linkType, int mostCompiled) => new(rules, [], linkType, mostCompiled);

    /// <inheritdoc cref="Compile(IReadOnlyList{MarkRule}, LinkType, int)"/>
    public static MarkProgram Compile(IReadOnlyList<MarkRule> rules, IReadOnlyList<Guard> guards, LinkType linkType, int mostCompiled) =>
        new(rules, guards, linkType, mostCompiled);

    /// <summary>The same rules for another link type, where no filter and no guard makes a difference.</summary>
    public MarkProgram For(LinkType linkType) => this with { LinkType = linkType };

    /// <summary>Marks a bundle's packets and counts the matches. Allocates nothing.</summary>
    public unsafe void Run(PageBundle bundle, RuleCounters counters)
    {
        var region = bundle.Pool.RegionFor(bundle.Packets);
        fixed (Packet* packets = bundle.Packets)
        fixed (long* counts = &counters.First)
        {
            if (_flat is { } flat) RunOneTable(flat, packets, bundle.Count, region, counts, counters);
            else if (_loops.Length == 1) _loops[0](packets, bundle.Count, null, region, counts, (int)LinkType);
            else for (var at = 0; at < bundle.Count; at += SlicePackets) RunSlice(packets + at, Math.Min(SlicePackets, bundle.Count - at), region, counts);
        }

        // The code that ran has the addresses of tables, and is collected with its delegate.
        GC.KeepAlive(this);
    }

    private List<CompiledRange> CompileRanges(IReadOnlyList<MarkRule> rules, int count, List<RuleLoop> loops)
    {
        var ranges = RulePlanner.Plan(rules, count, Filters.Programs, Conditions, LinkType);
        var marks = RangeTables.MarksOf(rules);
        List<CompiledRange> compiled = [];
        foreach (var range in ranges)
        {
            var tables = new RangeTables(range, marks, rules.Count, Conditions);
            loops.Add(RuleCompiler.Compile(range, tables, isLast: range.End == Conditions.Count + rules.Count, out var ilBytes));
            compiled.Add(new CompiledRange(range, tables, ilBytes));
        }

        return compiled;
    }

    private unsafe void RunOneTable(RuleLoop flat, Packet* packets, int count, byte* region, long* counts, RuleCounters counters)
    {
        var loop = counters.ManyMatch ? flat : _loops[0];
        var unmatched = *counts;
        loop(packets, count, null, region, counts, (int)LinkType);
        counters.ManyMatch = (count - (*counts - unmatched)) * ManyAreOneIn > count;
    }

    private unsafe void RunSlice(Packet* packets, int count, byte* region, long* counts)
    {
        var pending = stackalloc int[SlicePackets];
        foreach (var loop in _loops)
        {
            count = loop(packets, count, pending, region, counts, (int)LinkType);
            if (count == 0) return;
        }
    }
}
