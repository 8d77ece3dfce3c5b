namespace Pipeline.Nic.Devices.Simulated;

/// <summary>What can go wrong on a simulated NIC.</summary>
public enum FaultKind
{
    /// <summary>Nobody takes packets out of a queue's ring. Packets that exceed the ring are lost as <c>ring-full</c>.</summary>
    Stall,

    /// <summary>A queue's ring is overrun: its packets are lost as <c>ring-full</c>.</summary>
    Overrun,

    /// <summary>A queue gets no pages for its ring: its packets are lost as <c>no-page</c>.</summary>
    Starve,

    /// <summary>A queue's descriptors point nowhere: their packets are lost as <c>invalid-descriptor</c>.</summary>
    Corrupt,

    /// <summary>The link is down: packets to any queue are lost as <c>interface-drops</c>.</summary>
    Flap,

    /// <summary>The device's clock ticks at half its speed, and stays behind afterwards. Nothing is lost.</summary>
    SlowClock,
}

/// <summary>
/// One ordered fault. It begins at a packet of the wire and lasts for a number of packets, so it is the same in every run.
/// </summary>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Queue">The queue's index among the device's queues; null for faults of the whole device.</param>
/// <param name="At">The first packet, counted from 0 over the whole wire.</param>
/// <param name="For">
/// The number of the wire's packets it lasts for. Null hits one packet only: the first to the queue from <paramref name="At"/> on.
/// </param>
public sealed record SimulatedFault(FaultKind Kind, int? Queue, long At, long? For)
{
    /// <summary>The first packet after the fault. For a fault without an end it is never reached.</summary>
    public long End => For is { } packets ? (packets > long.MaxValue - At ? long.MaxValue : At + packets) : long.MaxValue;

    /// <summary>The fault as a configuration has it.</summary>
    public override string ToString() =>
        $"{FaultReader.WordOf(Kind)}{(Queue is { } queue ? $" {queue}" : "")} at {At}{(For is { } packets ? $" for {packets}" : "")}";
}
