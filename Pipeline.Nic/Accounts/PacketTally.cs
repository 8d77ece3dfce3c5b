namespace Pipeline.Nic.Accounts;

/// <summary>So many packets with so many captured bytes.</summary>
public readonly record struct PacketTally(long Packets, long Bytes)
{
    public PacketTally Plus(long packets, long bytes) => new(Packets + packets, Bytes + bytes);

    public static PacketTally operator +(PacketTally a, PacketTally b) => new(a.Packets + b.Packets, a.Bytes + b.Bytes);

    public static PacketTally operator -(PacketTally a, PacketTally b) => new(a.Packets - b.Packets, a.Bytes - b.Bytes);

    public static PacketTally Add(PacketTally left, PacketTally right) => left + right;

    public static PacketTally Subtract(PacketTally left, PacketTally right) => left - right;
}
