namespace Pipeline.Nic.Headers;

/// <summary>What <see cref="PlainPacket"/> found; bad is the checksum of TCP or UDP and nothing else.</summary>
internal enum PlainKind
{
    /// <summary>Nothing that it can say.</summary>
    None,
    TcpOverIPv4,
    UdpOverIPv4,

    /// <summary>Over IPv4, whose senders may leave it out.</summary>
    UdpWithoutChecksum,
    TcpOverIPv6,
    UdpOverIPv6,
    BadTcpOverIPv4,
    BadUdpOverIPv4,
    BadTcpOverIPv6,
    BadUdpOverIPv6,
}
