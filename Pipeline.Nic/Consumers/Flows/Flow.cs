namespace Pipeline.Nic.Consumers.Flows;

/// <summary>One flow and its counts. Bytes are those on the wire, link header included, as Wireshark's conversations count them.</summary>
internal struct Flow
{
    public FlowKey Key;

    /// <summary>Packets of the side that sent the first packet.</summary>
    public long Packets;
    public long Bytes;

    /// <summary>Packets of the other side.</summary>
    public long ReversePackets;
    public long ReverseBytes;

    /// <summary>The earliest and the latest packet's time, in nanoseconds since 1970; <see cref="NoTime"/> while none had one.</summary>
    public long First;
    public long Last;

    public uint Hash;

    /// <summary>Places of the neighbours in the order of last packets. Only the table uses them.</summary>
    public int Older;
    public int Newer;

    public byte TcpFlags;
    public byte ReverseTcpFlags;

    /// <summary>Whether the lower endpoint sent the first packet.</summary>
    public bool StartedByLow;

    public const long NoTime = long.MinValue;

    public void Count(in FlowPacket packet, uint bytes, long time)
    {
        if (packet.FromLow == StartedByLow)
        {
            Packets++;
            Bytes += bytes;
            TcpFlags |= packet.TcpFlags;
        }
        else
        {
            ReversePackets++;
            ReverseBytes += bytes;
            ReverseTcpFlags |= packet.TcpFlags;
        }

        if (time == NoTime) return;
        if (time < First || First == NoTime) First = time;
        if (time > Last) Last = time;
    }
}
