using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Consecutive rules that become one method, as the questions that it asks. No rule is asked for by more than one. Where there are guards,
/// their conditions have the first places and rules those behind them.
/// </summary>
/// <param name="first">0-based place of its first rule.</param>
internal sealed class RuleRange(int first)
{
    public int First { get; } = first;

    /// <summary>0-based place behind its last rule.</summary>
    public int End { get; set; } = first;

    /// <summary>For the rules of which the first that matches ends the search, by <see cref="Probe.Lowest"/>.</summary>
    public List<Probe> Finals { get; } = [];

    /// <summary>For the rules that say <c>continue</c>, by <see cref="Probe.Lowest"/>.</summary>
    public List<Probe> Continuing { get; } = [];

    public IEnumerable<Probe> Probes => Finals.Concat(Continuing);

    /// <summary>
    /// Rules without <c>continue</c> behind one that compares the same with the same, and those that contradict themselves.
    /// </summary>
    public List<int> NeverMatching { get; } = [];

    public int Cost { get; set; }

    /// <summary>Whether all there is to ask is one look-up, which can be done without a branch.</summary>
    public bool IsOneTable => Finals is [TupleProbe { IsCompared: false }] && Continuing.Count == 0;
}
