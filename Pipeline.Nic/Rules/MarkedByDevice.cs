using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules;

/// <summary>
/// A device has tried the first rules of a generation on all packets of the bundle. Packets it has finished with carry
/// <see cref="PacketFlags.MarkedByDevice"/>. For the others the software continues after these rules.
/// </summary>
/// <param name="generation">The number of the rule set.</param>
/// <param name="rules">How many of its rules, from the first on, the device tried.</param>
public sealed class MarkedByDevice(int generation, int rules) : MarkedBy
{
    /// <inheritdoc/>
    public override int Generation { get; } = generation;

    /// <summary>How many rules of the set, from the first on, the device tried.</summary>
    public int Rules { get; } = rules;
}
