using System.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers;

/// <summary>One packet of a batch while a handler looks at it. A <c>ref struct</c>: it cannot be kept, and neither can its bytes.</summary>
[DebuggerDisplay("{CapturedLength} of {WireLength} bytes, mark {Mark}, rule {Rule}")]
public readonly ref struct PacketView
{
    private readonly ref readonly Packet _packet;
    private readonly PagePool _pool;
    private readonly LinkType _linkType;

    internal PacketView(ref readonly Packet packet, PagePool pool, LinkType linkType)
    {
        _packet = ref packet;
        _pool = pool;
        _linkType = linkType;
    }

    /// <summary>Everything known about the packet besides its bytes.</summary>
    public ref readonly Packet Descriptor => ref _packet;

    /// <summary>The captured bytes, from the link header on.</summary>
    public ReadOnlySpan<byte> Bytes => _pool.Bytes(_packet);

    /// <summary>What the bytes start with.</summary>
    public LinkType LinkType => _linkType;

    /// <inheritdoc cref="Packet.CapturedLength"/>
    public int CapturedLength => _packet.CapturedLength;

    /// <inheritdoc cref="Packet.WireLength"/>
    public uint WireLength => _packet.WireLength;

    /// <inheritdoc cref="Packet.TimestampNanoseconds"/>
    public long TimestampNanoseconds => _packet.TimestampNanoseconds;

    /// <inheritdoc cref="Packet.Mark"/>
    public uint Mark => _packet.Mark;

    /// <inheritdoc cref="Packet.Rule"/>
    public int Rule => _packet.Rule;

    /// <summary>The packet's headers from the link's to that of TCP, UDP or ICMP. They are looked for at each call.</summary>
    public PacketHeaders Headers => PacketHeaders.Of(_linkType, Bytes, _packet.WireLength);

    /// <summary>Finds the TCP header.</summary>
    /// <returns>
    /// False for anything but the first segment of a datagram of TCP over IP, and when the header was not captured whole.
    /// </returns>
    public bool TryReadTcp(out TcpHeader tcp)
    {
        tcp = default;
        return TryFind(IpProtocol.Tcp, out var bytes) && TcpHeader.TryRead(bytes, out tcp);
    }

    /// <summary>Finds the UDP header.</summary>
    /// <returns>
    /// False for anything but the first fragment of a datagram of UDP over IP, and when the header was not captured whole.
    /// </returns>
    public bool TryReadUdp(out UdpHeader udp)
    {
        udp = default;
        return TryFind(IpProtocol.Udp, out var bytes) && UdpHeader.TryRead(bytes, out udp);
    }

    private bool TryFind(byte protocol, out ReadOnlySpan<byte> found)
    {
        var bytes = Bytes;
        var network = LinkHeader.Locate(_linkType, bytes, out var l3);
        var start = HeaderLocator.Transport(network, bytes, l3);
        var isThere = start.Protocol == protocol && start.Offset >= 0;
        found = isThere ? bytes[start.Offset..] : default;
        return isThere;
    }
}
