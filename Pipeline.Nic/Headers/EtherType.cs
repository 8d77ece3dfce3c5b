namespace Pipeline.Nic.Headers;

/// <summary>Ethernet types this code knows (IANA ieee-802-numbers, "EtherType"; IEEE 802.1Q for the tags).</summary>
public static class EtherType
{
    /// <summary>Below it the field is IEEE 802.3's length (IEEE 802.3 clause 3.2.6).</summary>
    public const ushort Least = 0x0600;

    /// <summary>Internet Protocol version 4 (RFC 894).</summary>
    public const ushort IPv4 = 0x0800;

    /// <summary>Address Resolution Protocol (RFC 826).</summary>
    public const ushort Arp = 0x0806;

    /// <summary>Internet Protocol version 6 (RFC 2464).</summary>
    public const ushort IPv6 = 0x86dd;

    /// <summary>IEEE 802.1Q customer tag.</summary>
    public const ushort Vlan = 0x8100;

    /// <summary>IEEE 802.1ad service tag.</summary>
    public const ushort ServiceVlan = 0x88a8;

    /// <summary>Outer tag of stacked tags before 802.1ad, still sent by old switches.</summary>
    public const ushort OldServiceVlan = 0x9100;

    /// <summary>MPLS, unicast (RFC 5332 section 3).</summary>
    internal const ushort Mpls = 0x8847;

    /// <summary>MPLS, multicast or with a label of the upstream router (RFC 5332 section 3).</summary>
    internal const ushort MplsUpstream = 0x8848;

    /// <summary>PPP over Ethernet, once the session is there (RFC 2516 section 4).</summary>
    internal const ushort PppoeSession = 0x8864;

    internal static bool IsMpls(ushort type) => type is Mpls or MplsUpstream;

    /// <summary>Whether this type begins a tag of 4 bytes. The next type stands in the tag's second half.</summary>
    public static bool IsVlanTag(ushort type) => type is Vlan or ServiceVlan or OldServiceVlan;
}
