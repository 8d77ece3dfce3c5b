namespace Pipeline.Nic.Headers;

/// <summary>The start and the type of the header after IP. Made by <see cref="HeaderLocator"/>.</summary>
/// <remarks>It has four fields, the most that the compiler keeps in registers.</remarks>
/// <param name="Offset">Bytes from the start of the packet; -1 when it is not there.</param>
/// <param name="ProtocolAt">Bytes to the field that <paramref name="Protocol"/> was read from; -1 when no IP header is there.</param>
/// <param name="Protocol">The protocol of IPv4, or the last next-header value of IPv6 that was read.</param>
internal readonly record struct TransportStart(int Offset, int ProtocolAt, byte Protocol, TransportTraits Traits)
{
    public static readonly TransportStart Absent = new(-1, -1, 0, TransportTraits.None);

    /// <summary>The packet carries only a part of a datagram, even the first part.</summary>
    public bool IsFragment => (Traits & TransportTraits.Fragment) != 0;

    /// <summary>The packet is a fragment other than the first, so the header after IP is in another packet.</summary>
    public bool IsLater => (Traits & TransportTraits.Later) != 0;

    /// <summary>
    /// An IPv6 routing header has segments left, so the destination is only the next stop and checksums cover another address.
    /// </summary>
    public bool IsRouted => (Traits & TransportTraits.Routed) != 0;
}

/// <summary>What <see cref="TransportStart"/> says of a packet besides places.</summary>
[Flags]
internal enum TransportTraits : byte
{
    None = 0,
    Fragment = 1,
    Later = 2,
    Routed = 4,
}
