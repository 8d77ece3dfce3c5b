namespace Pipeline.Nic.Pages;

/// <summary>
/// Which rules wrote the marks of a bundle's packets. The bundle holds it, so it lives as long as any packet it marked, however often rules
/// change meanwhile. It is immutable for its readers.
/// </summary>
public abstract class MarkedBy
{
    /// <summary>The number of the rule set.</summary>
    public abstract int Generation { get; }
}
