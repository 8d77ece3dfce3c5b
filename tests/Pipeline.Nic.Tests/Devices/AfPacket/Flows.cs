using System.Buffers.Binary;

namespace Pipeline.Nic.Tests.Devices.AfPacket;

/// <summary>UDP packets over IPv4. Their flow is their pair of ports, whichever way they go.</summary>
internal static class Flows
{
    private const int AddressesAt = 26;
    private const int PortsAt = 34;
    private const int NumberAt = 42;

    /// <summary>So many packets of each of so many flows, in both directions, with their number in front of the payload.</summary>
    public static byte[][] Of(int flows, int packetsEach) =>
        [.. Enumerable.Range(0, flows * packetsEach).Select(n => Packet(n % flows, n, isReply: n / flows % 2 == 1))];

    public static int FlowOf(byte[] packet) =>
        Math.Max(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(PortsAt)), BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(PortsAt + 2)));

    public static int NumberOf(byte[] packet) => BinaryPrimitives.ReadInt32BigEndian(packet.AsSpan(NumberAt));

    private static byte[] Packet(int flow, int number, bool isReply)
    {
        var packet = new byte[62];
        Convert.FromHexString("020000000001020000000002" + "0800" + "4500003000000000" + "40110000").CopyTo(packet, 0);
        (uint Address, ushort Port) client = (0x0a000001, (ushort)(1000 + flow)), server = (0x0a000002, 53);
        var (from, to) = isReply ? (server, client) : (client, server);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(AddressesAt), from.Address);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(AddressesAt + 4), to.Address);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(PortsAt), from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(PortsAt + 2), to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(PortsAt + 4), 28);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(NumberAt), number);
        return packet;
    }
}
