using System.Net;
using System.Net.Sockets;

namespace Pipeline.TestSupport;

/// <summary>struct sockaddr_ll, linux/if_packet.h: family, protocol, interface index.</summary>
public sealed class PacketAddress(int netdev) : EndPoint
{
    private const int PacketFamily = 17; // AF_PACKET, linux/socket.h
    private const int Everything = 0x0300; // htons(ETH_P_ALL), linux/if_ether.h

    public override AddressFamily AddressFamily => AddressFamily.Packet;

    public override SocketAddress Serialize()
    {
        var address = new SocketAddress(AddressFamily.Packet, 20);
        BitConverter.TryWriteBytes(address.Buffer.Span, (ushort)PacketFamily);
        BitConverter.TryWriteBytes(address.Buffer.Span[2..], (ushort)Everything);
        BitConverter.TryWriteBytes(address.Buffer.Span[4..], netdev);
        return address;
    }
}
