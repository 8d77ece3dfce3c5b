using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>The part of a rule set that an XDP program runs.</summary>
/// <param name="Rules">How many of the rules, from the first on.</param>
/// <param name="Refused">The rules left to software, in order.</param>
/// <param name="Cost">The most instructions that the questions take, together with the rest of the program.</param>
/// <param name="Maps">Tuples that have a map, together with those in the rest of the program.</param>
internal sealed record XdpPlan(IReadOnlyList<XdpSegment> Segments, int Rules, IReadOnlyList<RefusedRule> Refused, int Cost, int Maps)
{
    public static readonly XdpPlan Nothing = new([], 0, [], 0, 0);

    /// <summary>The most rules that can match one packet: one for each question that continues, and one that ends the search.</summary>
    public int MostHits => Segments.Where(s => s.Continues).Sum(s => s.Probes.Count) + (Segments.All(s => s.Continues) ? 0 : 1);

    public bool UsesL3 => Places.Any(p => p.Address.Base != FieldBase.L2);

    public bool UsesL4 => Places.Any(p => p.Address.Base == FieldBase.L4) || UsesProtocol;

    public bool UsesProtocol => Tuples.Any(t => t.UsesProtocol);

    private IEnumerable<TuplePlace> Places => Tuples.SelectMany(t => t.Places);

    private IEnumerable<RuleTuple> Tuples => Segments.SelectMany(s => s.Probes).OfType<TupleProbe>().Select(p => p.Tuple);
}
