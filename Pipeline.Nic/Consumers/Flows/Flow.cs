using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>One flow and its counts. Bytes are those on the wire, link header included, as Wireshark's conversations count them.</summary>
internal struct Flow
{
    public FlowKey Key;

    /// <summary>Packets of the source: of who sent the first packet, or whom it answered with SYN and ACK.</summary>
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

    /// <summary>Whether the lower endpoint is the source.</summary>
    public bool StartedByLow;

    /// <summary>What became of it once its consumer had seen enough of it; null until then.</summary>
    public ReleasedFlow? Released;

    /// <summary>The place of the consumer's bit in <see cref="ReleasedFlow.Groups"/>.</summary>
    public byte ReleasedBy;

    /// <summary>Packets and copies that did not come, because it was released.</summary>
    public readonly PacketTally Missed => Released?.MissedBy(1ul << ReleasedBy) ?? default;

    public const long NoTime = long.MinValue;

    private const byte Ending = TcpHeader.Fin | TcpHeader.Rst;

    /// <summary>
    /// Whether TCP is done with it: a side has reset it, or every side that was seen has sent FIN. One side may be all that a tap sees.
    /// </summary>
    public readonly bool IsOver =>
        ((TcpFlags | ReverseTcpFlags) & TcpHeader.Rst) != 0
        || (HasFinished(Packets, TcpFlags) && HasFinished(ReversePackets, ReverseTcpFlags) && Packets + ReversePackets > 0);

    /// <summary>
    /// Whether a packet begins another connection with the same ports: a SYN once a side has ended this one. An answer to a SYN does so
    /// only if its sender has, because one that was sent again may come late.
    /// </summary>
    public readonly bool IsReusedBy(in FlowPacket packet)
    {
        if ((packet.TcpFlags & TcpHeader.Syn) == 0) return false;
        var senders = packet.FromLow == StartedByLow ? TcpFlags : ReverseTcpFlags;
        var ended = packet.IsAnswer ? senders : TcpFlags | ReverseTcpFlags;
        return (ended & Ending) != 0;
    }

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

    private static bool HasFinished(long packets, byte flags) => packets == 0 || (flags & TcpHeader.Fin) != 0;
}
