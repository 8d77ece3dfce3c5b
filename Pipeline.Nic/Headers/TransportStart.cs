namespace Pipeline.Nic.Headers;

/// <summary>The start and the type of the header after IP. Made by <see cref="HeaderLocator"/>.</summary>
/// <param name="Offset">Bytes from the start of the packet; -1 when it is not there.</param>
/// <param name="Protocol">The protocol of IPv4, or the last next-header value of IPv6 that was read.</param>
/// <param name="IsFragment">The packet carries only a part of a datagram, even the first part.</param>
/// <param name="IsRouted">
/// An IPv6 routing header has segments left, so the destination is only the next stop and checksums cover another address.
/// </param>
internal readonly record struct TransportStart(int Offset, byte Protocol, bool IsFragment, bool IsRouted = false)
{
    public static readonly TransportStart Absent = new(-1, 0, false);
}
