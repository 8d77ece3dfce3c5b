using System.Runtime.InteropServices;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// The memory that a range's code uses for look-ups. Code contains its addresses, so whoever holds the code must hold this. The delegate is
/// bound to it for that reason.
/// </summary>
internal sealed class RangeTables
{
    private readonly Dictionary<Probe, uint[]> _values = [];
    private readonly Dictionary<Probe, KeyTable> _tables = [];
    private readonly PinnedMemory _marks;
    private readonly PinnedMemory _lists;
    private readonly PinnedMemory _guards;

    /// <param name="marks">Shared by all ranges of a rule set (<see cref="MarksOf"/>).</param>
    public RangeTables(RuleRange range, PinnedMemory marks, int rules, GuardConditions guards)
    {
        Rules = rules;
        Conditions = guards.Count;
        _marks = marks;
        _guards = PinnedMemory.Of<int>([.. guards.Guards]);
        foreach (var probe in range.Finals.OfType<TupleProbe>()) Add(probe, [.. probe.Entries.Select(e => (uint)e.First)]);
        List<int> lists = [];
        foreach (var probe in range.Continuing) Add(probe, lists);
        _lists = PinnedMemory.Of<int>(CollectionsMarshal.AsSpan(lists));
    }

    /// <summary>How many rules the set has.</summary>
    public int Rules { get; }

    /// <summary>How many conditions of guards come before the rules.</summary>
    public int Conditions { get; }

    /// <summary>For each condition its guard.</summary>
    public nint Guards => _guards.Address;

    /// <summary>For each rule, from number 1 on, the bits that it sets and those that it keeps; none of either for number 0.</summary>
    public nint Marks => _marks.Address;

    /// <summary>Rules' numbers in lists that ascend and end with 0.</summary>
    public nint Lists => _lists.Address;

    /// <summary>Bytes of all tables except the marks.</summary>
    public long Bytes => _tables.Values.Sum(t => t.Bytes) + _lists.Length;

    public static PinnedMemory MarksOf(IReadOnlyList<MarkRule> rules)
    {
        var marks = new uint[2 * (rules.Count + 1)];
        for (var i = 0; i < rules.Count; i++)
        {
            marks[2 * (i + 1)] = rules[i].Mark & rules[i].MarkMask;
            marks[(2 * (i + 1)) + 1] = ~rules[i].MarkMask;
        }

        return PinnedMemory.Of<uint>(marks);
    }

    /// <summary>
    /// The result of each of a probe's entries: a 0-based place or, for rules with <c>continue</c>, the start of a list.
    /// </summary>
    public uint[] ValuesOf(TupleProbe probe) => _values[probe];

    /// <summary>The start of the list of a filter with <c>continue</c>. The list has only the filter itself.</summary>
    public uint ListOf(FilterProbe probe) => _values[probe][0];

    /// <summary>Null where the probe's keys are compared one after the other.</summary>
    public KeyTable? TableOf(TupleProbe probe) => _tables.GetValueOrDefault(probe);

    private void Add(TupleProbe probe, uint[] values)
    {
        _values.Add(probe, values);
        if (!probe.IsCompared) _tables.Add(probe, new KeyTable(probe.Entries, values, probe.Tuple.IsNarrow));
    }

    private void Add(Probe probe, List<int> lists)
    {
        if (probe is TupleProbe tuple) Add(tuple, [.. tuple.Entries.Select(e => AddList(e.Rules, lists))]);
        else _values.Add(probe, [AddList([probe.Lowest], lists)]);
    }

    private uint AddList(IEnumerable<int> rules, List<int> lists)
    {
        var start = (uint)lists.Count;
        lists.AddRange(rules.Select(r => r - Conditions + 1));
        lists.Add(0);
        return start;
    }
}
