using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>Consecutive rules that all say <c>continue</c>, or none of them, as the questions that a program asks.</summary>
/// <param name="Continues">Whether each question's rule is applied before the next is asked; else the first rule found ends it all.</param>
internal sealed record XdpSegment(bool Continues)
{
    /// <summary>For rules that end the search, by <see cref="Probe.Lowest"/>; else in the order they are to be applied in.</summary>
    public List<Probe> Probes { get; } = [];
}
