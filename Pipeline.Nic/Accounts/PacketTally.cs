namespace Pipeline.Nic.Accounts;

/// <summary>So many packets with so many captured bytes.</summary>
public readonly record struct PacketTally(long Packets, long Bytes)
{
    public PacketTally Plus(long packets, long bytes) => new(Packets + packets, Bytes + bytes);

    /// <summary>Whether so many packets with so many bytes can be a part of some: no more than there are, no bytes without a packet.</summary>
    /// <param name="what">What the whole is, for the error: "left in the batch".</param>
    /// <exception cref="ArgumentOutOfRangeException">They cannot be.</exception>
    internal static void CheckPart(long packets, long bytes, PacketTally of, string what)
    {
        if (packets < 0 || packets > of.Packets)
        {
            throw new ArgumentOutOfRangeException(nameof(packets), packets, $"{packets} packets; expected 0 to {of.Packets}, as many as are {what}");
        }

        if (bytes < 0 || bytes > of.Bytes || (packets == 0 && bytes > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"{bytes} bytes of {packets} packets; expected 0 to {(packets == 0 ? 0 : of.Bytes)}, of {of.Bytes} that are {what}");
        }
    }

    public static PacketTally operator +(PacketTally a, PacketTally b) => new(a.Packets + b.Packets, a.Bytes + b.Bytes);

    public static PacketTally operator -(PacketTally a, PacketTally b) => new(a.Packets - b.Packets, a.Bytes - b.Bytes);

    public static PacketTally Add(PacketTally left, PacketTally right) => left + right;

    public static PacketTally Subtract(PacketTally left, PacketTally right) => left - right;
}
