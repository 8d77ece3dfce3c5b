
namespace Pipeline.Nic.Rules.Planning;

/// <summary>The rules of one tuple.</summary>
internal sealed class TupleProbe(int lowest, RuleTuple tuple) : Probe(lowest)
{
    /// <summary>Keys that are compared one after the other; for more of them a table is faster.</summary>
    public const int MostCompared = 4;

    private readonly List<TupleEntry> _entries = [];

    public RuleTuple Tuple { get; } = tuple;

    /// <summary>In the order of the first rule of each.</summary>
    public IReadOnlyList<TupleEntry> Entries => _entries;

    public bool IsCompared => Tuple.IsWide || _entries.Count <= MostCompared;

    public override int Cost => Tuple.Cost;

    /// <summary>Adds a key that is not there yet.</summary>
    public void Add(TupleEntry entry) => _entries.Add(entry);

    public override string ToString() => Tuple.Signature;
}
