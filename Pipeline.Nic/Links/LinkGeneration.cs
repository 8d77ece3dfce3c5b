using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>The rule set that marked packets on another node, by its number. The rules themselves are not known here.</summary>
internal sealed class LinkGeneration(int generation) : MarkedBy
{
    public override int Generation { get; } = generation;
}
