using System.Net;
using Pipeline.Nic.Headers;

namespace Pipeline.Actors.Captures;

/// <summary>
/// Knows the packets of connections that carry captured packets away. Captured themselves, each of them would make another. It allocates
/// nothing. Any thread.
/// </summary>
internal sealed class OwnConnections
{
    private readonly (End At, End With)[] _connections;

    private OwnConnections((End At, End With)[] connections) => _connections = connections;

    /// <returns>Null for none.</returns>
    public static OwnConnections? Of(IReadOnlyList<CaptureConnection> connections) =>
        connections.Count == 0 ? null : new([.. connections.Select(c => (End.Of(c.At), c.With is { } with ? End.Of(with) : default))]);

    public bool Has(LinkType linkType, ReadOnlySpan<byte> packet)
    {
        var headers = PacketHeaders.Of(linkType, packet);
        if (headers.Protocol != IpProtocol.Tcp || !headers.TryReadPorts(out var source, out var destination)) return false;
        foreach (var (at, with) in _connections)
        {
            if (at.Is(headers.Source, source) && with.Is(headers.Destination, destination)) return true;
            if (at.Is(headers.Destination, destination) && with.Is(headers.Source, source)) return true;
        }

        return false;
    }

    /// <param name="Address">Null for any.</param>
    /// <param name="Port">0 for any.</param>
    private readonly record struct End(byte[]? Address, int Port)
    {
        public static End Of(IPEndPoint endpoint)
        {
            var address = endpoint.Address.IsIPv4MappedToIPv6 ? endpoint.Address.MapToIPv4() : endpoint.Address;
            return new(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? null : address.GetAddressBytes(), endpoint.Port);
        }

        public bool Is(ReadOnlySpan<byte> address, int port) => (Port == 0 || port == Port) && (Address is null || address.SequenceEqual(Address));
    }
}
