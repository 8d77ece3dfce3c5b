using System.Buffers.Binary;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>
/// UDP packets of known flows: which flow, which direction, which queue, and a number that counts up within the three, all readable
/// from the bytes.
/// </summary>
internal static class FlowPackets
{
    public const int Flows = 50;

    // Ethernet (14) and IPv4 without options (20): RFC 894, RFC 791.
    private const int Udp = 34;
    private const int Payload = Udp + 8;

    /// <summary>Packet number n of a queue: flows in turn, the direction changing with every round.</summary>
    public static void Write(Span<byte> bytes, int queue, long n)
    {
        var (flow, round) = ((int)(n % Flows), n / Flows);
        var isReply = round % 2 == 1;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[12..], 0x0800);
        bytes[14] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[16..], (ushort)(bytes.Length - 14));
        bytes[23] = 17;
        var (client, server) = (0x0a000000u + (uint)flow, 0xc0000201u);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[26..], isReply ? server : client);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[30..], isReply ? client : server);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[Udp..], isReply ? (ushort)53 : (ushort)(1024 + flow));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(Udp + 2)..], isReply ? (ushort)(1024 + flow) : (ushort)53);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(Udp + 4)..], (ushort)(bytes.Length - Udp));
        bytes[Payload] = (byte)flow;
        bytes[Payload + 1] = (byte)(isReply ? 1 : 0);
        bytes[Payload + 2] = (byte)queue;
        BinaryPrimitives.WriteInt64BigEndian(bytes[(Payload + 4)..], round);
    }

    /// <summary>One direction of a flow as one queue saw it, and the packet's number in it.</summary>
    public static (FlowLeg Leg, long Number) Read(ReadOnlySpan<byte> bytes) => (
        new FlowLeg(bytes[Payload], bytes[Payload + 1] == 1, bytes[Payload + 2]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[(Payload + 4)..]));

    /// <summary>A NIC that makes such packets, on each queue flows of its own.</summary>
    public static FakeNic NicOf(long packetsPerQueue, int queues = 1)
    {
        var nic = new FakeNic(packetsPerQueue, queues, pages: 16);
        for (var i = 0; i < queues; i++)
        {
            var queue = i;
            nic[i].Write = (bytes, n) => Write(bytes, queue, n);
        }

        return nic;
    }
}

internal readonly record struct FlowLeg(int Flow, bool IsReply, int Queue);
