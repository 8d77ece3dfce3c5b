namespace Pipeline.Nic.Headers;

/// <summary>What the link header says is behind it.</summary>
public enum NetworkLayer
{
    /// <summary>The link header is cut off, or the link type is not one this code looks into.</summary>
    Absent,

    /// <summary>Something this code does not look into.</summary>
    Other,

    IPv4,
    IPv6,
    Arp,
}
