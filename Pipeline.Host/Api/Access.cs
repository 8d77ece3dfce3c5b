using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pipeline.Actors.Configuration;

namespace Pipeline.Host.Api;

/// <summary>Who may read and who may change. Loopback needs no token unless one is configured; the rest of the world needs one.</summary>
internal sealed class Access
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? _readToken;
    private readonly byte[]? _changeToken;
    private readonly bool _isOpen;
    private readonly IPAddress _address;

    /// <exception cref="UsageException">Other machines reach the address, and there is no token.</exception>
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
    /// Whether a name in the Host header is one of ours. A page elsewhere can make its own name lead here and would then be taken for
    /// ours, so names that others own are refused. Ports are not looked at: a tunnel brings its own.
    /// </summary>
    public bool KnowsHost(HttpContext http)
    {
        var host = http.Request.Host.Host;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (IPAddress.TryParse(host, out var address)) return IsOurs(address, http);
        return !IPAddress.IsLoopback(_address) && host.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a request that changes something comes from a page of ours, or from no page at all.</summary>
    public static bool IsFromHere(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site") return false;
        var origins = request.Headers.Origin;
        return origins.Count == 0 || (origins.Count == 1 && Uri.TryCreate(origins[0], UriKind.Absolute, out var origin)
            && origin.Scheme is "http" or "https" && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What is to be answered instead; null for nothing, because the request may go on.</summary>
    public Problem? Refuses(HttpContext http, Right right)
    {
        if (_isOpen || right == Right.None) return null;
        var given = Digest(Token(http.Request));
        if (Is(given, _changeToken)) return null;
        var reads = Is(given, _readToken);
        if (reads && right == Right.Read) return null;
        if (reads) return Problem.Of(StatusCodes.Status403Forbidden, "this token may read and not change");
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"pipeline\"";
        return Problem.Of(StatusCodes.Status401Unauthorized, "a token is needed: Authorization: Bearer TOKEN");
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

    // Digests are of one length, so that comparing them takes one time whatever was sent.
    private static byte[]? Digest(string? token) => token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static bool Is(byte[]? given, byte[]? token) => given is not null && token is not null && CryptographicOperations.FixedTimeEquals(given, token);
}

/// <summary>What a request is for.</summary>
internal enum Right
{
    /// <summary>Nothing that anybody has to be kept from: the page without its figures, and whether the program lives.</summary>
    None,

    Read,

    Change,
}
