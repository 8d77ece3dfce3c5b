using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Trials;

/// <summary>Packets that went the same way through the routers.</summary>
public sealed record PacketPath
{
    /// <summary>The last rule that matched; null where none did.</summary>
    public required string? Rule { get; init; }

    /// <summary>Whether a keep-out guard matched, so that no rule was tried.</summary>
    public required bool IsKeptOut { get; init; }

    /// <summary>The mark after all rules.</summary>
    public required uint Mark { get; init; }

    /// <summary>The consumer that the final route leads to; null for copies of what a device has passed, which have none.</summary>
    public required string? Consumer { get; init; }

    /// <summary>Why the router dropped them; null where it sent them on. What a consumer drops later is in the consumer's figures.</summary>
    public required DropReason? Reason { get; init; }

    /// <summary>How many there were, with their captured bytes.</summary>
    public required PacketTally Packets { get; init; }

    /// <summary>The flow of one of them, as <see cref="Nic.Headers.FlowWords"/> names it.</summary>
    public required string Example { get; init; }
}

/// <summary>The paths of all packets that routers saw during a time.</summary>
/// <param name="Time">How long they were counted: until other rules came in force, if some did.</param>
/// <param name="Paths">The paths, most packets first.</param>
/// <param name="Beyond">Packets of paths that there was no room for.</param>
public sealed record PathsView(TimeSpan Time, IReadOnlyList<PacketPath> Paths, PacketTally Beyond);
