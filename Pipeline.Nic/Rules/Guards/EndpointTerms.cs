using System.Net;
using System.Net.Sockets;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Guards;

/// <summary>
/// Conditions for TCP between an address with a port and anybody, both ways. The same two hold for an endpoint that is listened on and
/// for one that is dialled: packets come from the one that was dialled, and to the one that listens.
/// </summary>
internal static class EndpointTerms
{
    // Source and destination (RFC 791 section 3.1, RFC 8200 section 3, RFC 9293 section 3.1).
    private static readonly (int V4, int V6, int Port)[] Sides = [(16, 24, 2), (12, 8, 0)];

    /// <returns>None for an address of this machine's own loopback, which no wire carries.</returns>
    public static IEnumerable<string> Of(IPEndPoint endpoint)
    {
        var address = endpoint.Address.IsIPv4MappedToIPv6 ? endpoint.Address.MapToIPv4() : endpoint.Address;
        if (IPAddress.IsLoopback(address)) return [];
        return Sides.Select(side => $"{Is(address, side.V4, side.V6)}{Port(side.Port, endpoint.Port)}");
    }

    private static string Port(int at, int port) => $"proto+0:ff:{IpProtocol.Tcp:x2} l4+{at}:ffff:{port:x4}";

    private static string Is(IPAddress address, int v4, int v6)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return "";
        var hex = Convert.ToHexString(address.GetAddressBytes()).ToLowerInvariant();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? $"l3+0:f0:40 l3+{v4}:ffffffff:{hex} "
            : $"l3+0:f0:60 l3+{v6}:{new string('f', 16)}:{hex[..16]} l3+{v6 + 8}:{new string('f', 16)}:{hex[16..]} ";
    }
}
