namespace Pipeline.Nic.Links;

/// <summary>What one end of a link needs besides its connection.</summary>
public sealed record LinkOptions
{
    /// <summary>The name of its thread and, at the receiver, of its pool, such as the other node's name.</summary>
    public string Name { get; init; } = "link";

    /// <summary>
    /// Called once when the link has ended, however it ended, on the link's thread: it must be short, and must not close the link itself.
    /// </summary>
    public Action<LinkEnding>? OnEnded { get; init; }

    /// <summary>
    /// At the receiver: slabs of 512 KiB, 4 to 4096. Bundles that consumers hold pin them. While all are pinned, nothing is read.
    /// </summary>
    public int Slabs { get; init; } = 64;

    /// <summary>At the receiver: the most packets of a bundle, 1 to 1024.</summary>
    public int BundlePackets { get; init; } = 64;

    /// <summary>What leases run by; CLOCK_BOOTTIME unless a test says otherwise. Any thread asks it.</summary>
    public TimeProvider Clock { get; init; } = LinkClock.Boot;

    internal void Check()
    {
        if (Slabs is < 4 or > 4096) throw new ArgumentOutOfRangeException(nameof(Slabs), Slabs, "expected 4 to 4096 slabs");
        if (BundlePackets is < 1 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(BundlePackets), BundlePackets, "expected 1 to 1024 packets");
    }
}
