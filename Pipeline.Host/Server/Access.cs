using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// Decides who may read, who may capture and who may change. Loopback needs no token unless one is configured; all other addresses need one.
/// </summary>
internal sealed class Access
{
    private const string Scheme = "Bearer ";

    /// <summary>The header in which browsers say which site caused a request (W3C, Fetch Metadata, section 2.3).</summary>
    private const string FetchSite = "Sec-Fetch-Site";

    private const string CannotCapture = "this token may read figures and not capture packets; the change token may";

    private readonly byte[]? _readToken;
    private readonly byte[]? _changeToken;
    private readonly bool _isOpen;
    private readonly IPAddress _address;

    /// <exception cref="UsageException">Other machines can reach the address, and there is no token.</exception>
    public Access(IPEndPoint address, DashboardOptions options)
    {
        _address = address.Address;
        _readToken = Digest(options.ReadToken);
        _changeToken = Digest(options.ChangeToken);
        _isOpen = _readToken is null && _changeToken is null;
        if (_isOpen && !IPAddress.IsLoopback(_address))
        {
            throw new UsageException($"the dashboard would be open to every machine that reaches {address}; give it a token"
                + " (dashboard { read-token, change-token }, or PIPELINE__DASHBOARD__READ_TOKEN), or listen on 127.0.0.1");
        }
    }

    /// <summary>
    /// Refuses a request whose host is invalid, or not ours; null to accept it. A page on another site can make its own name resolve to
    /// this address, and would then count as ours, so names that belong to others are refused. Ports are not compared, because a tunnel has
    /// its own.
    /// </summary>
    /// <param name="host">The host of the request; null if it is no valid host.</param>
    public ProblemJson? Refuses(HttpContext http, Authority? host)
    {
        if (host is null) return Problems.Of(StatusCodes.Status400BadRequest, "the Host header is no name or address with a port");
        if (Knows(host, http)) return null;
        return Problems.Of(StatusCodes.Status403Forbidden, "the Host header names nothing that is ours; ask for an address of this machine, or localhost");
    }

    /// <summary>Whether a request that changes something comes from a page of this server, or from no page at all.</summary>
    public static bool IsFromHere(HttpRequest request, Authority host)
    {
        if (request.Headers[FetchSite].Any(site => site is not ("same-origin" or "none"))) return false;
        var origins = request.Headers.Origin;
        return origins.Count == 0 || (origins.Count == 1 && Authority.OfOrigin(origins.ToString()) is { } origin && origin.IsSameAs(host));
    }

    /// <summary>Refuses a request without the needed right; null to accept it.</summary>
    public ProblemJson? Refuses(HttpContext http, Right right)
    {
        if (_isOpen || right == Right.None) return null;
        var given = Digest(Token(http.Request));
        if (Is(given, _changeToken)) return null;
        var reads = Is(given, _readToken);
        if (reads && right == Right.Read) return null;
        if (reads) return Problems.Of(StatusCodes.Status403Forbidden, right == Right.Capture ? CannotCapture : "this token may read and not change");
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"pipeline\"";
        return Problems.Of(StatusCodes.Status401Unauthorized, "a token is needed: Authorization: Bearer TOKEN");
    }

    private bool Knows(Authority host, HttpContext http)
    {
        if (host.Address is { } address) return IsOurs(address, http);
        if (host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return !IPAddress.IsLoopback(_address) && host.Host.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase);
    }

    private bool IsOurs(IPAddress address, HttpContext http)
    {
        var local = http.Connection.LocalIpAddress;
        if (local?.IsIPv4MappedToIPv6 == true) local = local.MapToIPv4();
        return IPAddress.IsLoopback(address) || address.Equals(_address) || address.Equals(local);
    }

    private static string? Token(HttpRequest request)
    {
        var header = request.Headers[HeaderNames.Authorization].ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    // Digests have one length, so that a comparison takes the same time whatever was sent.
    private static byte[]? Digest(string? token) => token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static bool Is(byte[]? given, byte[]? token) => given is not null && token is not null && CryptographicOperations.FixedTimeEquals(given, token);
}

/// <summary>The right that a request needs.</summary>
internal enum Right
{
    /// <summary>Open to everybody: the page without its figures, and whether the program is alive.</summary>
    None,

    Read,

    /// <summary>To get packets with their contents, which reading figures does not include.</summary>
    Capture,

    /// <summary>Includes the other rights.</summary>
    Change,
}
