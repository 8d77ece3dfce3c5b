namespace Pipeline.Nic.Pages;

/// <summary>What a bundle knows of the link between nodes that it came over, or that it is about to take.</summary>
public sealed partial class PageBundle
{
    /// <summary>
    /// Whether its packets may still be processed here. Ask before each bundle: one that came from another node must not be processed when
    /// its link has ended, or when this process was stopped for so long that the other node gave the bundle to somebody else meanwhile.
    /// Such packets are dropped. It is true for packets of this node's own devices. For its owner; it costs a look at a clock.
    /// </summary>
    public bool IsLeaseValid => Lease?.IsValid ?? true;

    /// <summary>The terms it was lent on; null for packets of this node's own devices.</summary>
    internal BundleLease? Lease { get; set; }

    /// <summary>
    /// A number that a link keeps with it: where it was received, its place in the order of arrival; where it is sent, its credit in bytes.
    /// </summary>
    internal long Ticket { get; set; }
}
