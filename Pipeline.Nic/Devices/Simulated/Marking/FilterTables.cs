using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices.Simulated.Marking;

/// <summary>
/// The two tables of a simulated NIC, each of bounded size: exact matches of a 5-tuple (as <c>ethtool -N</c> sets), and chains of offset,
/// mask and value (as <c>tc u32</c> offloads). The rule that comes first in its set wins.
/// </summary>
internal sealed class FilterTables(int perfectSize, int u32Size)
{
    private readonly Dictionary<string, int>[] _perfect = [.. TupleShape.All.Select(_ => new Dictionary<string, int>())];
    private readonly List<(int Rule, IReadOnlyList<Term> Terms)> _chains = [];
    private int _perfectUsed;

    /// <summary>Rules in the tables.</summary>
    public int Count => _perfectUsed + _chains.Count;

    /// <summary>Takes the next rule of a set, or says why not.</summary>
    public string? TryAdd(MarkRule rule)
    {
        if (rule.Continue) return "`continue` goes on to later rules, and a descriptor holds one";
        if (rule is not TermRule { Terms: var terms }) return "a pcap-filter expression is a program, and the device compares bytes";
        if (terms.FirstOrDefault(t => !t.Address.IsConstant) is { } computed)
            return $"`{computed}` reads at a place that is computed from the packet";

        var shape = Array.FindIndex(TupleShape.All, s => s.KeyOf(terms) is not null);
        if (shape >= 0 && _perfectUsed < perfectSize)
        {
            _perfect[shape].TryAdd(TupleShape.All[shape].KeyOf(terms)!, Count + 1);
            _perfectUsed++;
            return null;
        }

        if (_chains.Count == u32Size) return shape >= 0 ? $"both tables are full ({this})" : $"the u32 table is full ({this})";
        _chains.Add((Count + 1, terms));
        return null;
    }

    /// <returns>The first rule that matches, 1-based; 0 for none.</returns>
    public int Match(ReadOnlySpan<byte> packet)
    {
        var first = int.MaxValue;
        for (var i = 0; i < _perfect.Length; i++)
        {
            if (_perfect[i].Count > 0 && TupleShape.All[i].KeyOf(packet) is { } key && _perfect[i].TryGetValue(key, out var rule))
                first = Math.Min(first, rule);
        }

        foreach (var (rule, terms) in _chains)
        {
            if (rule > first) break;
            if (Matches(terms, packet)) return rule;
        }

        return first == int.MaxValue ? 0 : first;
    }

    public override string ToString() => $"{_perfectUsed} of {perfectSize} perfect filters, {_chains.Count} of {u32Size} u32 filters";

    private static bool Matches(IReadOnlyList<Term> terms, ReadOnlySpan<byte> packet)
    {
        foreach (var term in terms)
        {
            if ((long)term.Address.Offset + term.Width > packet.Length) return false;
            var read = 0ul;
            foreach (var value in packet.Slice(term.Address.Offset, term.Width)) read = (read << 8) | value;
            if ((read & term.Mask) != term.Value) return false;
        }

        return true;
    }
}
