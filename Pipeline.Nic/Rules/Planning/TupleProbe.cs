
namespace Pipeline.Nic.Rules.Planning;

/// <summary>The question of one tuple, for all of its rules.</summary>
internal sealed class TupleProbe(int lowest, RuleTuple tuple) : Probe(lowest)
{
    /// <summary>The most keys that are compared one after the other. For more of them a table is faster.</summary>
    public const int MostCompared = 4;

    private List<TupleEntry> _entries = [];
    private (bool IsCompared, int Rules)? _forgotten;

    public RuleTuple Tuple { get; } = tuple;

    /// <summary>The entries, in the order of the first rule of each; none once they are forgotten.</summary>
    public IReadOnlyList<TupleEntry> Entries => _entries;

    /// <summary>How many rules its entries have, or had.</summary>
    public int Rules => _forgotten?.Rules ?? _entries.Sum(e => e.Count);

    public bool IsCompared => _forgotten?.IsCompared ?? (Tuple.IsWide || _entries.Count <= MostCompared);

    public override int Cost => Tuple.Cost;

    /// <summary>Adds a key that is not in the list yet.</summary>
    /// <param name="most">The most entries that there can be.</param>
    public void Add(TupleEntry entry, int most = 0)
    {
        Growth.MakeRoom(_entries, most);
        _entries.Add(entry);
    }

    /// <summary>Forgets the entries, once there are code and tables that say the same. Those take a quarter of the memory.</summary>
    public void Forget()
    {
        _forgotten = (IsCompared, Rules);
        _entries = [];
    }

    public override string ToString() => Tuple.Signature;
}
