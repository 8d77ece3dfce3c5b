
namespace Pipeline.Nic.Rules.Planning;

/// <summary>The question of one tuple, for all of its rules.</summary>
internal sealed class TupleProbe(int lowest, RuleTuple tuple) : Probe(lowest)
{
    /// <summary>The most keys that are compared one after the other. For more of them a table is faster.</summary>
    public const int MostCompared = 4;

    private readonly List<TupleEntry> _entries = [];

    public RuleTuple Tuple { get; } = tuple;

    /// <summary>The entries, in the order of the first rule of each.</summary>
    public IReadOnlyList<TupleEntry> Entries => _entries;

    public bool IsCompared => Tuple.IsWide || _entries.Count <= MostCompared;

    public override int Cost => Tuple.Cost;

    /// <summary>Adds a key that is not in the list yet.</summary>
    public void Add(TupleEntry entry) => _entries.Add(entry);

    public override string ToString() => Tuple.Signature;
}
