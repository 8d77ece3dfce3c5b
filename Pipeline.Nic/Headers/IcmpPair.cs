namespace Pipeline.Nic.Headers;

/// <summary>Which ICMP message answers which (IANA icmp-parameters, icmpv6-parameters).</summary>
internal static class IcmpPair
{
    /// <returns>
    /// The type that answers <paramref name="type"/> or is answered by it; the type itself where neither is so, as with errors.
    /// </returns>
    public static byte Of(byte protocol, byte type) => protocol == IpProtocol.IcmpV6 ? OfV6(type) : OfV4(type);

    /// <summary>Echo, timestamp, information and address mask of RFC 792 and RFC 950; extended echo of RFC 8335.</summary>
    private static byte OfV4(byte type) => type switch
    {
        8 => 0,
        0 => 8,
        13 or 15 or 17 or 42 => (byte)(type + 1),
        14 or 16 or 18 or 43 => (byte)(type - 1),
        _ => type,
    };

    /// <summary>
    /// Echo of RFC 4443, routers and neighbours of RFC 4861, home agents and mobile prefixes of RFC 6275, extended echo of RFC 8335.
    /// </summary>
    private static byte OfV6(byte type) => type switch
    {
        128 or 133 or 135 or 144 or 146 or 160 => (byte)(type + 1),
        129 or 134 or 136 or 145 or 147 or 161 => (byte)(type - 1),
        _ => type,
    };
}
