using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>A packet made beforehand, to be copied into pages.</summary>
internal readonly record struct PacketTemplate
{
    /// <summary>Where its own first bytes lie in <see cref="WireTraffic.Heads"/>.</summary>
    public required int HeadAt { get; init; }

    /// <summary>How many bytes are its own. The bytes after them are the same in all packets: <see cref="WireTraffic.Tail"/>.</summary>
    public required int HeadBytes { get; init; }

    /// <summary>Captured bytes.</summary>
    public required int Length { get; init; }

    public required uint WireLength { get; init; }

    public required uint FlowHash { get; init; }

    /// <summary>Its place among <see cref="WireTraffic.Interfaces"/>.</summary>
    public required int Interface { get; init; }

    /// <summary>Its own time, where packets of the traffic have one.</summary>
    public long TimestampNanoseconds { get; init; }

    public PacketFlags Flags { get; init; }
}

/// <summary>A packet of the wire.</summary>
/// <param name="Template">Its template.</param>
/// <param name="Number">Its place on the wire, from 0.</param>
internal readonly record struct Arrival(int Template, long Number);
