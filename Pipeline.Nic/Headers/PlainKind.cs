namespace Pipeline.Nic.Headers;

/// <summary>The result of <see cref="PlainPacket"/>. "Bad" means that the checksum of TCP or UDP is wrong, and nothing else.</summary>
internal enum PlainKind
{
    /// <summary>It cannot tell.</summary>
    None,
    TcpOverIPv4,
    UdpOverIPv4,

    /// <summary>UDP over IPv4, where a sender may omit the checksum.</summary>
    UdpWithoutChecksum,
    TcpOverIPv6,
    UdpOverIPv6,
    BadTcpOverIPv4,
    BadUdpOverIPv4,
    BadTcpOverIPv6,
    BadUdpOverIPv6,
}
