namespace Pipeline.Nic.Rules.Planning;

/// <summary>A key, and the rules that compare with it. There is at least one once it is in use.</summary>
internal sealed class TupleEntry(TupleKey key)
{
    private List<int>? _more;

    public TupleKey Key { get; } = key;

    /// <summary>The 0-based place of the first of its rules; -1 before there is one.</summary>
    public int First { get; private set; } = -1;

    /// <summary>How many rules it has.</summary>
    public int Count => First < 0 ? 0 : 1 + (_more?.Count ?? 0);

    /// <summary>0-based places, ascending.</summary>
    public IEnumerable<int> Rules => First < 0 ? [] : _more?.Prepend(First) ?? [First];

    /// <summary>Adds a rule that comes after those that it has.</summary>
    public void Add(int rule)
    {
        if (First < 0) First = rule;
        else (_more ??= []).Add(rule);
    }
}
