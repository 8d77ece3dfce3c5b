namespace Pipeline.Nic.Headers;

/// <summary>Numbers in captures that are aliases of a link type with a number of its own for files.</summary>
/// <remarks>
/// Before there were such numbers, systems wrote those of their kernels. Sources: libpcap's pcap-common.c, which maps them like this when
/// it reads, and for 14, raw IP on OpenBSD, Wireshark's wiretap/pcap-common.c. 13 and 18 stay: their meaning depends on the system that
/// wrote them.
/// </remarks>
internal static class LinkTypeAliases
{
    public static LinkType Resolve(LinkType number) => (int)number switch
    {
        11 => (LinkType)100, // ATM, RFC 1483
        12 or 14 => LinkType.RawIp,
        15 => (LinkType)102, // SLIP of BSD/OS
        16 => (LinkType)103, // PPP of BSD/OS
        19 => (LinkType)106, // classical IP over ATM
        _ => number,
    };
}
