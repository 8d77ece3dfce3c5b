using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Consecutive rules that become one method, as the questions that it asks. Each rule belongs to only one question. Where there are guards,
/// their conditions have the first places and the rules have the places after them.
/// </summary>
/// <param name="first">0-based place of its first rule.</param>
internal sealed class RuleRange(int first)
{
    public int First { get; } = first;

    /// <summary>0-based place after its last rule.</summary>
    public int End { get; set; } = first;

    /// <summary>Questions for rules that end the search, ordered by <see cref="Probe.Lowest"/>.</summary>
    public List<Probe> Finals { get; } = [];

    /// <summary>Questions for the rules that say <c>continue</c>, ordered by <see cref="Probe.Lowest"/>.</summary>
    public List<Probe> Continuing { get; } = [];

    public IEnumerable<Probe> Probes => Finals.Concat(Continuing);

    /// <summary>Whether any question needs the place of the protocol behind IP. It is not searched for otherwise.</summary>
    public bool UsesProtocol => Probes.OfType<TupleProbe>().Any(p => p.Tuple.UsesProtocol);

    /// <summary>
    /// Rules without <c>continue</c> after one with an equal comparison, and rules that contradict themselves.
    /// </summary>
    public List<int> NeverMatching { get; } = [];

    public int Cost { get; set; }

    /// <summary>Whether the only question is one look-up, which can be done without a branch.</summary>
    public bool IsOneTable => Finals is [TupleProbe { IsCompared: false }] && Continuing.Count == 0;

    /// <summary>Forgets the keys of its questions, once its method is compiled. What people read of it is kept.</summary>
    public void Forget()
    {
        foreach (var probe in Probes.OfType<TupleProbe>()) probe.Forget();
    }
}
