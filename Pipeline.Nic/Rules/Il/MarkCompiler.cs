using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Compiles one rule set for one link layer after the other, and shares equal code. Terms find their headers at run time, so their code is
/// for every link type. Filters have different programs for most link types. The first few sets of filters become part of the code. For all
/// others the rules are compiled once more, with filters called by number. So a further link type costs libpcap's time for its filters, but
/// no code. One thread at a time.
/// </summary>
/// <param name="rules">The rules, in order.</param>
/// <param name="guards">Guards before them.</param>
/// <param name="mostCompiled">The most rules that are compiled; 0 interprets guards too.</param>
internal sealed class MarkCompiler(IReadOnlyList<MarkRule> rules, IReadOnlyList<Guard> guards, int mostCompiled)
{
    /// <summary>
    /// The most sets of filters that become part of the code. Ethernet's always does, because it is the most common. Few captures have more
    /// link types.
    /// </summary>
    public const int MostInlined = 4;

    private readonly RuleFilters _filters = new(rules);
    private readonly GuardConditions _conditions = new(guards);
    private readonly List<MarkProgram> _distinct = [];
    private readonly PinnedMemory _marks = RangeTables.MarksOf(rules);
    private SharedRules? _shared;
    private int _inlined;

    /// <summary>
    /// How often the whole set was compiled to machine code so far: at most <see cref="MostInlined"/> times and two more.
    /// </summary>
    public int Compilations { get; private set; }

    /// <summary>How often libpcap was asked so far.</summary>
    public int FilterCompilations => _filters.Compilations;

    public MarkProgram For(LinkLayer link)
    {
        var filters = _filters.For(link);
        if (_distinct.Find(p => IsSame(p, link, filters)) is { } same) return same.For(link, filters);
        var program = Compile(link, filters);
        _distinct.Add(program);
        return program;
    }

    private bool IsSame(MarkProgram program, LinkLayer link, FilterSet filters) =>
        (guards.Count == 0 || IsEthernet(program.Link) == IsEthernet(link)) && program.Filters.HasProgramsOf(filters);

    // Some conditions of guards are for Ethernet only.
    private static bool IsEthernet(LinkLayer link) => link.Type == LinkType.Ethernet;

    private MarkProgram Compile(LinkLayer link, FilterSet filters)
    {
        var interpreter = new InterpretedRules(rules, filters, guards);
        if (mostCompiled == 0) return new MarkProgram(link, filters, _conditions, interpreter, [], [LoopOf(interpreter)]);
        if (!IsEthernet(link) && _inlined >= MostInlined) return Shared(link).For(link, filters, interpreter);

        Compilations++;
        if (!IsEthernet(link)) _inlined++;
        List<CompiledRange> ranges = [];
        List<RuleLoop> loops = [];
        foreach (var range in Plan(link, filters))
        {
            var tables = new RangeTables(range, _marks, rules.Count, _conditions);
            loops.Add(RuleCompiler.Compile(range, tables, isLast: IsLast(range), out var ilBytes));
            ranges.Add(new CompiledRange(range, tables, ilBytes));
        }

        var flat = FlatOf(ranges);
        ranges.ForEach(r => r.Range.Forget());
        return new MarkProgram(link, filters, _conditions, interpreter, ranges, [.. loops, .. Rest(ranges, filters)]) { Flat = flat };
    }

    private SharedRules Shared(LinkLayer link)
    {
        if (_shared is not null) return _shared;
        Compilations++;
        var ranges = Plan(link, null)
            .Select(r => new SharedRange(r, new RangeTables(r, _marks, rules.Count, _conditions), IsLast(r))).ToList();
        ranges.ForEach(r => r.Compiled.Range.Forget());
        return _shared = new SharedRules(_conditions, ranges, filters => Rest([.. ranges.Select(r => r.Compiled)], filters));
    }

    private IReadOnlyList<RuleRange> Plan(LinkLayer link, FilterSet? filters) =>
        RulePlanner.Plan(rules, Math.Min(rules.Count, mostCompiled), filters, _conditions, link.Type);

    private bool IsLast(RuleRange range) => range.End == _conditions.Count + rules.Count;

    /// <summary>The loop that tries the rules after the compiled ones; none where all are compiled.</summary>
    private IEnumerable<RuleLoop> Rest(IReadOnlyList<CompiledRange> ranges, FilterSet filters)
    {
        var compiled = ranges[^1].Range.End - _conditions.Count;
        if (compiled < rules.Count) yield return LoopOf(new InterpretedRules(rules, filters, [], compiled));
    }

    private static unsafe RuleLoop LoopOf(InterpretedRules interpreted) => interpreted.Run;

    private RuleLoop? FlatOf(List<CompiledRange> ranges) =>
        ranges is [{ Range.IsOneTable: true } only] && IsLast(only.Range) && _conditions.Count == 0
            ? RuleCompiler.Compile(only.Range, only.Tables, isLast: true, out _, isFlat: true)
            : null;
}
