using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>One question to a packet, which answers for one or many rules.</summary>
/// <param name="lowest">0-based place of the first of its rules.</param>
internal abstract class Probe(int lowest)
{
    public int Lowest { get; } = lowest;

    /// <summary>Roughly how much code it takes.</summary>
    public abstract int Cost { get; }
}

/// <summary>A filter: one rule.</summary>
internal sealed class FilterProbe(int rule, CbpfProgram program) : Probe(rule)
{
    public CbpfProgram Program { get; } = program;

    public override int Cost => Program.Length;

    public override string ToString() => $"filter of {Program.Length} instructions";
}

/// <summary>The rules of one tuple.</summary>
internal sealed class TupleProbe(int lowest, RuleTuple tuple) : Probe(lowest)
{
    /// <summary>Keys that are compared one after the other; for more of them a table is faster.</summary>
    private const int MostCompared = 4;

    private readonly List<(TupleKey Key, List<int> Rules)> _entries = [];

    public RuleTuple Tuple { get; } = tuple;

    /// <summary>Distinct keys, in the order of the first rule of each, and the 0-based places of their rules, which ascend.</summary>
    public IReadOnlyList<(TupleKey Key, List<int> Rules)> Entries => _entries;

    public bool IsCompared => Tuple.IsWide || _entries.Count <= MostCompared;

    public override int Cost => Tuple.Cost;

    /// <param name="entries">Finds the entry of a key that was added before.</param>
    public void Add(TupleKey key, int rule, Dictionary<TupleKey, int> entries)
    {
        if (entries.TryAdd(key, _entries.Count)) _entries.Add((key, [rule]));
        else _entries[entries[key]].Rules.Add(rule);
    }

    public override string ToString() => Tuple.Signature;
}
