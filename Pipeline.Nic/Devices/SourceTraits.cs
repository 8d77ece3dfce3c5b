namespace Pipeline.Nic.Devices;

/// <summary>
/// The traits of a source that its router, its watchers and its servers must know. The device states them itself, so they are true however
/// the device was opened.
/// </summary>
public sealed record SourceTraits
{
    /// <summary>A wire: packets come at any time, and those that nobody takes in time are lost.</summary>
    public static readonly SourceTraits Wire = new();

    /// <summary>A wire that this machine is connected to. What comes out of it the normal stack does not get.</summary>
    public static readonly SourceTraits Live = new() { IsLive = true };

    /// <summary>The same, taken away in the kernel, which is asked for a packet's socket before.</summary>
    public static readonly SourceTraits LiveTaken = new() { IsLive = true, AsksSockets = true };

    /// <summary>A copy of what is on a wire that this machine is connected to. The normal stack gets every packet as well.</summary>
    public static readonly SourceTraits LiveCopy = new() { IsLive = true, IsCopy = true };

    /// <summary>The other end of an interface of this machine: what the normal stack, a bridge or a guest sends out there.</summary>
    public static readonly SourceTraits LiveEnd = new() { IsLive = true, IsOtherEnd = true };

    /// <summary>A capture that is read as fast as pages come home.</summary>
    public static readonly SourceTraits Capture = new() { MayWait = true, IsUnhurried = true, HasProgress = true };

    /// <summary>
    /// Whether nothing is lost while nobody asks for packets: a file, or a simulated wire whose time stops meanwhile. Routes then wait for
    /// a slow consumer unless they are told otherwise.
    /// </summary>
    public bool MayWait { get; init; }

    /// <summary>
    /// Whether packets come as soon as somebody is ready for them, many to a page, so that large bundles do not empty the pool.
    /// </summary>
    public bool IsUnhurried { get; init; }

    /// <summary>Whether it comes to an end, so that its progress is meaningful (<see cref="INic.BytesRead"/>).</summary>
    public bool HasProgress { get; init; }

    /// <summary>
    /// Whether it is a wire of this machine and not a capture or a simulation. A dashboard is served then unless nobody wants one.
    /// </summary>
    public bool IsLive { get; init; }

    /// <summary>Whether the packets are copies, and the normal stack gets them too, whatever happens to them here.</summary>
    public bool IsCopy { get; init; }

    /// <summary>
    /// Whether the packets were sent to an interface of this machine whose other end the source is. Whoever sent them is done with them, so
    /// that the normal stack misses none of them.
    /// </summary>
    public bool IsOtherEnd { get; init; }

    /// <summary>
    /// Whether packets that are given back to the normal stack by way of their own interface come in here again, and again.
    /// </summary>
    public bool SeesWhatIsGivenBack { get; init; }

    /// <summary>
    /// Whether this machine would miss packets that it needs itself: those of a live source that are no copies and come in on a wire.
    /// Keep-out guards are in force then.
    /// </summary>
    public bool TakesFromStack => IsLive && !IsCopy && !IsOtherEnd;

    /// <summary>
    /// Whether its device asks the kernel for the socket of a packet before it takes it away, so that the guard <c>own</c> is in force.
    /// </summary>
    public bool AsksSockets { get; init; }
}
