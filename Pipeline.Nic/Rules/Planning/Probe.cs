
namespace Pipeline.Nic.Rules.Planning;

/// <summary>One question to a packet. It answers for one or many rules.</summary>
/// <param name="lowest">0-based place of the first of its rules.</param>
internal abstract class Probe(int lowest)
{
    public int Lowest { get; } = lowest;

    /// <summary>Roughly how much code it takes.</summary>
    public abstract int Cost { get; }
}
