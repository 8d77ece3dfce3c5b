namespace Pipeline.Nic.Accounts;

/// <summary>So many packets with so many captured bytes.</summary>
public readonly record struct PacketTally(long Packets, long Bytes)
{
    /// <summary>This and so many packets more, with so many captured bytes. Less than nothing takes away.</summary>
    public PacketTally Plus(long packets, long bytes) => new(Packets + packets, Bytes + bytes);

    /// <summary>
    /// Whether so many packets with so many bytes can be a part of some: no more than there are, no bytes without a packet.
    /// </summary>
    /// <param name="what">What the whole is, for the error: "left in the batch".</param>
    /// <exception cref="ArgumentOutOfRangeException">They cannot be.</exception>
    internal static void CheckPart(long packets, long bytes, PacketTally of, string what)
    {
        if (packets < 0 || packets > of.Packets)
        {
            throw new ArgumentOutOfRangeException(
                nameof(packets), packets, $"{packets} packets; expected 0 to {of.Packets}, as many as are {what}");
        }

        if (bytes < 0 || bytes > of.Bytes || (packets == 0 && bytes > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"{bytes} bytes of {packets} packets; expected 0 to "
                + $"{(packets == 0 ? 0 : of.Bytes)}, of {of.Bytes} that are {what}");
        }
    }

    /// <summary>Packets and bytes added, each to its like.</summary>
    public static PacketTally operator +(PacketTally a, PacketTally b) => new(a.Packets + b.Packets, a.Bytes + b.Bytes);

    /// <summary>Packets and bytes subtracted, each from its like. The result may be negative, and says so.</summary>
    public static PacketTally operator -(PacketTally a, PacketTally b) => new(a.Packets - b.Packets, a.Bytes - b.Bytes);

    /// <inheritdoc cref="op_Addition(PacketTally, PacketTally)"/>
    public static PacketTally Add(PacketTally left, PacketTally right) => left + right;

    /// <inheritdoc cref="op_Subtraction(PacketTally, PacketTally)"/>
    public static PacketTally Subtract(PacketTally left, PacketTally right) => left - right;
}
