using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>Consecutive rules that all say <c>continue</c>, or none of them, as the questions that a program asks.</summary>
/// <param name="Continues">
/// Whether each question's rule is applied before the next is asked. Otherwise the first rule found ends the search.
/// </param>
internal sealed record XdpSegment(bool Continues)
{
    /// <summary>
    /// For rules that end the search, ordered by <see cref="Probe.Lowest"/>. Otherwise in the order in which they must be applied.
    /// </summary>
    public List<Probe> Probes { get; } = [];
}
