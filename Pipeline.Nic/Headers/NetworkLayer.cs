namespace Pipeline.Nic.Headers;

/// <summary>The protocol that the link header announces.</summary>
public enum NetworkLayer
{
    /// <summary>The link header is cut off, or this code does not parse the link type.</summary>
    Absent,

    /// <summary>A protocol that this code does not parse.</summary>
    Other,

    /// <summary>
    /// IPv4, by the link header's type or, where it has none, by the packet's first four bits. Two VLAN tags at most are skipped.
    /// </summary>
    IPv4,

    /// <summary>IPv6, likewise.</summary>
    IPv6,

    /// <summary>ARP, likewise.</summary>
    Arp,
}
