namespace Pipeline.Nic.Devices;

/// <summary>
/// What a source is like, as far as whoever routes, watches or serves it has to know. The device says it of itself, so that it is true
/// however the device was opened.
/// </summary>
public sealed record SourceTraits
{
    /// <summary>A wire: packets come when they come, and what nobody takes in time is lost.</summary>
    public static readonly SourceTraits Wire = new();

    /// <summary>A wire that this machine hangs on.</summary>
    public static readonly SourceTraits Live = new() { IsLive = true };

    /// <summary>A capture that is read as fast as pages come home.</summary>
    public static readonly SourceTraits Capture = new() { MayWait = true, IsUnhurried = true, HasProgress = true };

    /// <summary>
    /// Whether nothing is lost while nobody asks for packets: a file, or a wire whose time stands still meanwhile. Routes then wait for a
    /// slow consumer unless they are told otherwise.
    /// </summary>
    public bool MayWait { get; init; }

    /// <summary>
    /// Whether packets come as soon as somebody is ready for them, many to a page, so that large bundles do not empty the pool.
    /// </summary>
    public bool IsUnhurried { get; init; }

    /// <summary>Whether it comes to an end, and how far it is says something (<see cref="INic.BytesRead"/>).</summary>
    public bool HasProgress { get; init; }

    /// <summary>
    /// Whether this machine needs some of the packets itself: keep-out guards are in force then, and a dashboard is served unless nobody
    /// wants one.
    /// </summary>
    public bool IsLive { get; init; }
}
