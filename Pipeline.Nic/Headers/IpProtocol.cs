namespace Pipeline.Nic.Headers;

/// <summary>Numbers of the IPv4 protocol field and the IPv6 next header field (IANA protocol-numbers).</summary>
public static class IpProtocol
{
    /// <summary>IPv6 hop-by-hop options, an extension header (RFC 8200 section 4.3).</summary>
    public const byte HopByHop = 0;

    /// <summary>ICMP for IPv4 (RFC 792).</summary>
    public const byte Icmp = 1;

    /// <summary>TCP (RFC 9293).</summary>
    public const byte Tcp = 6;

    /// <summary>UDP (RFC 768).</summary>
    public const byte Udp = 17;

    /// <summary>DCCP (RFC 4340).</summary>
    public const byte Dccp = 33;

    /// <summary>IPv6 routing header, an extension header (RFC 8200 section 4.4).</summary>
    public const byte Routing = 43;

    /// <summary>IPv6 fragment header, an extension header (RFC 8200 section 4.5).</summary>
    public const byte Fragment = 44;

    /// <summary>IPsec authentication header (RFC 4302); the protected data follows it in clear.</summary>
    public const byte AuthenticationHeader = 51;

    /// <summary>ICMP for IPv6 (RFC 4443).</summary>
    public const byte IcmpV6 = 58;

    /// <summary>Nothing follows (RFC 8200 section 4.7).</summary>
    public const byte NoNextHeader = 59;

    /// <summary>IPv6 destination options, an extension header (RFC 8200 section 4.6).</summary>
    public const byte DestinationOptions = 60;

    /// <summary>SCTP (RFC 9260).</summary>
    public const byte Sctp = 132;

    /// <summary>UDP-Lite (RFC 3828).</summary>
    public const byte UdpLite = 136;
}
