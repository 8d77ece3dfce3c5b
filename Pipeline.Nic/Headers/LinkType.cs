namespace Pipeline.Nic.Headers;

/// <summary>
/// The first header of a packet, by the number that capture files use (tcpdump.org/linktypes.html). Any number may occur; the named
/// ones are those this code looks into.
/// </summary>
public enum LinkType
{
    Null = 0,
    Ethernet = 1,
    Ppp = 9,
    PppHdlc = 50,
    RawIp = 101,
    Loop = 108,
    LinuxSll = 113,
    IPv4 = 228,
    IPv6 = 229,
    LinuxSll2 = 276,
}
