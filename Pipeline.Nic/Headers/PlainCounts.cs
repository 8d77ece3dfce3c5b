using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Headers;

/// <summary>Packets of each <see cref="PlainKind"/> in one batch.</summary>
[InlineArray((int)PlainKind.BadUdpOverIPv6 + 1)]
internal struct PlainCounts
{
    private int _first;

    public int Of(PlainKind kind) => this[(int)kind];

    public int Tcp4 => Of(PlainKind.TcpOverIPv4) + Of(PlainKind.BadTcpOverIPv4);

    public int Udp4 => Of(PlainKind.UdpOverIPv4) + Of(PlainKind.BadUdpOverIPv4) + Of(PlainKind.UdpWithoutChecksum);

    public int Tcp6 => Of(PlainKind.TcpOverIPv6) + Of(PlainKind.BadTcpOverIPv6);

    public int Udp6 => Of(PlainKind.UdpOverIPv6) + Of(PlainKind.BadUdpOverIPv6);

    public int BadTcp => Of(PlainKind.BadTcpOverIPv4) + Of(PlainKind.BadTcpOverIPv6);

    public int BadUdp => Of(PlainKind.BadUdpOverIPv4) + Of(PlainKind.BadUdpOverIPv6);
}
