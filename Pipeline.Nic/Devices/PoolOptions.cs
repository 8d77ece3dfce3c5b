namespace Pipeline.Nic.Devices;

/// <summary>The page pool of each queue. Together they bound everything that is in flight.</summary>
public sealed record PoolOptions
{
    /// <summary>Bytes to a page; a power of two. For files also the longest record that can be read.</summary>
    public int PageBytes { get; init; } = 512 * 1024;

    /// <summary>Pages to a queue.</summary>
    public int Pages { get; init; } = 16;
}
