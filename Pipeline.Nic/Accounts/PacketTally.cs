namespace Pipeline.Nic.Accounts;

/// <summary>A number of packets and the number of their captured bytes.</summary>
public readonly record struct PacketTally(long Packets, long Bytes)
{
    /// <summary>This tally with packets and captured bytes added. Negative numbers subtract.</summary>
    public PacketTally Plus(long packets, long bytes) => new(Packets + packets, Bytes + bytes);

    /// <summary>
    /// Checks that packets and bytes can be a part of a whole: there are no more than the whole has, and no bytes without a packet.
    /// </summary>
    /// <param name="what">What the whole is, for the error message: "left in the batch".</param>
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

    /// <summary>Adds packets to packets and bytes to bytes.</summary>
    public static PacketTally operator +(PacketTally a, PacketTally b) => new(a.Packets + b.Packets, a.Bytes + b.Bytes);

    /// <summary>Subtracts packets from packets and bytes from bytes. The result can be negative, and then shows as negative.</summary>
    public static PacketTally operator -(PacketTally a, PacketTally b) => new(a.Packets - b.Packets, a.Bytes - b.Bytes);

    /// <inheritdoc cref="op_Addition(PacketTally, PacketTally)"/>
    public static PacketTally Add(PacketTally left, PacketTally right) => left + right;

    /// <summary>Adds all of them; zero where there are none.</summary>
    public static PacketTally Sum(IEnumerable<PacketTally> tallies) => tallies.Aggregate(default(PacketTally), Add);

    /// <inheritdoc cref="op_Subtraction(PacketTally, PacketTally)"/>
    public static PacketTally Subtract(PacketTally left, PacketTally right) => left - right;
}
