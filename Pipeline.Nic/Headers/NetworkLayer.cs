namespace Pipeline.Nic.Headers;

/// <summary>What the link header says is behind it.</summary>
public enum NetworkLayer
{
    /// <summary>The link header is cut off, or the link type is not one this code looks into.</summary>
    Absent,

    /// <summary>Something this code does not look into.</summary>
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
