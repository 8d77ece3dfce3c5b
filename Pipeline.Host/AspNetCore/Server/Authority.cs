using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Host.Server;

/// <summary>
/// A host and a port in the form of <c>Host</c> and <c>Origin</c>: <c>name</c>, <c>192.0.2.1</c> or <c>[2001:db8::1]</c>, and <c>:port</c>
/// (RFC 9110, section 7.2, and RFC 3986, section 3.2), without a user's name and without percent-encoding.
/// </summary>
/// <param name="Host">A name, or an address without brackets.</param>
/// <param name="Address">The address; null for a name.</param>
/// <param name="Port">The port; that of the scheme if none is given.</param>
internal sealed record Authority(string Host, IPAddress? Address, int Port)
{
    private const string HttpScheme = "http://", HttpsScheme = "https://";

    private const int HttpPort = 80, HttpsPort = 443;

    /// <param name="isSecure">Whether the scheme is https.</param>
    /// <returns>Null if the text is no authority.</returns>
    public static Authority? Read(string text, bool isSecure = false)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']') + 1 : text.IndexOf(':') is var colon and >= 0 ? colon : text.Length;
        if (end == 0 || PortOf(text.AsSpan(end), isSecure) is not { } port) return null;
        var host = text[..end];
        if (host[0] == '[') return Six(host) is { } six ? new Authority(host[1..^1], six, port) : null;
        if (Four(host) is { } four) return new Authority(host, four, port);
        return HostNames.IsName(host) ? new Authority(host, null, port) : null;
    }

    /// <summary>Reads the authority of an origin as browsers write it (RFC 6454, section 6.2), with nothing after the port.</summary>
    /// <param name="isSecure">Whether its scheme must be https, or else http.</param>
    /// <returns>Null if the text is no origin, or has another scheme.</returns>
    public static Authority? OfOrigin(string text, bool isSecure = false)
    {
        var scheme = isSecure ? HttpsScheme : HttpScheme;
        return text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? Read(text[scheme.Length..], isSecure) : null;
    }

    /// <summary>Whether the port is the one that the scheme has unless another is written.</summary>
    public bool HasUsualPort(bool isSecure) => Port == (isSecure ? HttpsPort : HttpPort);

    /// <summary>Whether both lead to the same server.</summary>
    public bool IsSameAs(Authority other) =>
        Port == other.Port && IsSameHostAs(other);

    public bool IsSameHostAs(Authority other) =>
        Address is not null ? Address.Equals(other.Address) : string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a port. An empty port counts as none (RFC 3986, section 3.2.3).</summary>
    private static int? PortOf(ReadOnlySpan<char> text, bool isSecure)
    {
        if (text.Length <= 1) return text is "" or ":" ? (isSecure ? HttpsPort : HttpPort) : null;
        return text[0] == ':' && ushort.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;
    }

    private static IPAddress? Six(string text) =>
        !text.Contains('%') && IPAddress.TryParse(text.AsSpan(1, text.Length - 2), out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? address : null;

    /// <summary>Accepts four decimal numbers only, and none of the other forms that .NET reads as an address.</summary>
    private static IPAddress? Four(string text) => IPAddress.TryParse(text, out var address) && address.ToString() == text ? address : null;
}
