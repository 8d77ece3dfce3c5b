namespace Pipeline.Nic.Headers;

/// <summary>
/// The first header of a packet, by the number that capture files use (tcpdump.org/linktypes.html). Any number can occur. The named ones
/// are those that this code parses.
/// </summary>
public enum LinkType
{
    /// <summary>BSD loopback: the address family in 4 bytes, in the byte order of the capturing machine (LINKTYPE_NULL).</summary>
    Null = 0,

    /// <summary>An Ethernet header of 14 bytes, without preamble (LINKTYPE_ETHERNET).</summary>
    Ethernet = 1,

    /// <summary>PPP, with or without the address and control bytes of HDLC before it (LINKTYPE_PPP, RFC 1661).</summary>
    Ppp = 9,

    /// <summary>PPP in HDLC-like framing, always with address and control, or Cisco's HDLC (LINKTYPE_PPP_HDLC, RFC 1662).</summary>
    PppHdlc = 50,

    /// <summary>An IPv4 or IPv6 packet without any link header; its first four bits tell which (LINKTYPE_RAW).</summary>
    RawIp = 101,

    /// <summary>OpenBSD loopback: the address family in 4 bytes, in network byte order (LINKTYPE_LOOP).</summary>
    Loop = 108,

    /// <summary>Linux's cooked header of 16 bytes, as captures of the device <c>any</c> have it (LINKTYPE_LINUX_SLL).</summary>
    LinuxSll = 113,

    /// <summary>An IPv4 packet without any link header (LINKTYPE_IPV4).</summary>
    IPv4 = 228,

    /// <summary>An IPv6 packet without any link header (LINKTYPE_IPV6).</summary>
    IPv6 = 229,

    /// <summary>Linux's cooked header of 20 bytes, which also has the interface's index (LINKTYPE_LINUX_SLL2).</summary>
    LinuxSll2 = 276,
}
