using Pipeline.Nic.Rules.Compiled;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>Consecutive rules that all say <c>continue</c>, or none of them, as the questions that a program asks.</summary>
/// <param name="Continues">Whether each question's rule is applied before the next is asked; else the first rule found ends it all.</param>
internal sealed record XdpSegment(bool Continues)
{
    /// <summary>For rules that end the search, by <see cref="Probe.Lowest"/>; else in the order they are to be applied in.</summary>
    public List<Probe> Probes { get; } = [];
}

/// <summary>What of a rule set an XDP program does.</summary>
/// <param name="Rules">How many of the rules, from the first on.</param>
/// <param name="Refused">Those left to software, in order.</param>
/// <param name="Cost">Instructions that the questions take at the most.</param>
internal sealed record XdpPlan(IReadOnlyList<XdpSegment> Segments, int Rules, IReadOnlyList<Devices.RefusedRule> Refused, int Cost)
{
    public bool UsesL3 => Places.Any(p => p.Address.Base != FieldBase.L2);

    public bool UsesL4 => Places.Any(p => p.Address.Base == FieldBase.L4);

    private IEnumerable<TuplePlace> Places => Segments.SelectMany(s => s.Probes).OfType<TupleProbe>().SelectMany(p => p.Tuple.Places);
}
