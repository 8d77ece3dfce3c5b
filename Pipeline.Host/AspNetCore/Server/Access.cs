using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// Decides who may read, who may capture and who may change. Loopback needs no token unless one is configured; all other addresses need one.
/// </summary>
internal sealed class Access : IGate
{
    private const string Scheme = "Bearer ";

    private readonly Tokens _tokens;
    private readonly IReadOnlyList<Authority> _hosts;
    private readonly bool _isReadOnly;
    private readonly bool _isSecure;
    private readonly IPAddress _address;

    /// <exception cref="UsageException">Other machines can reach the address, and there is no token, or it would cross the network in the clear.</exception>
    public Access(IPEndPoint address, DashboardOptions options)
    {
        if (options.WhyNotAt(address) is { } why) throw new UsageException(why);
        (_address, _tokens, _isSecure, _isReadOnly) = (address.Address, new Tokens(options), options.Tls is not null, options.ReadOnly);
        _hosts = [.. options.Hosts.Select(h => Authority.Read(h.Contains(':') ? $"[{h}]" : h)).OfType<Authority>()];
    }

    public ProblemJson? Refusal(HttpContext http, Right right, bool changes)
    {
        var host = HostOf(http);
        if (Refuses(http, host) is { } unknown) return unknown;
        if (changes && !IsFromHere(http.Request, host!)) return OtherSite.Problem;
        return Refuses(http, right, changes);
    }

    /// <summary>Reads the host that a request asks for.</summary>
    /// <returns>Null if it is no valid host, or its full URL (RFC 9112, section 3.2.2) has another scheme or a user's name.</returns>
    public Authority? HostOf(HttpContext http)
    {
        // The header as it was sent: HttpRequest.Host decodes international names, and throws if it cannot.
        var header = http.Request.Headers.Host;
        return header.Count == 1 && !HasOtherTarget(http) ? Authority.Read(header.ToString(), _isSecure) : null;
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
    public bool IsFromHere(HttpRequest request, Authority host)
    {
        if (OtherSite.Caused(request)) return false;
        var origins = request.Headers.Origin;
        if (origins.Count != 1) return origins.Count == 0;
        var origin = origins.ToString();
        return Authority.OfOrigin(origin, _isSecure)?.IsSameAs(host) == true || IsNamed(origin, isSecure: false, host) || IsNamed(origin, isSecure: true, host);
    }

    /// <summary>Refuses a request without the needed right; null to accept it.</summary>
    /// <param name="changes">Whether the request is more than a look.</param>
    public ProblemJson? Refuses(HttpContext http, Right right, bool changes)
    {
        if (right == Right.None) return null;
        if (!_tokens.IsEmpty)
        {
            if (_tokens.Find(Token(http.Request)) is not { } caller)
            {
                http.Response.Headers.WWWAuthenticate = "Bearer realm=\"pipeline\"";
                return Problems.Of(StatusCodes.Status401Unauthorized, "a token is needed: Authorization: Bearer TOKEN");
            }

            if (!caller.May(right)) return Problems.Of(StatusCodes.Status403Forbidden, $"the right to {Caller.Word(right)} is missing: {caller.InWords}");
            http.Features.Set(caller);
        }

        return _isReadOnly && changes && right != Right.Read
            ? Problems.Of(StatusCodes.Status403Forbidden, "this server is read-only (--read-only): it shows the pipeline, changes nothing and captures nothing")
            : null;
    }

    private bool Knows(Authority host, HttpContext http)
    {
        if (_hosts.Any(host.IsSameHostAs)) return true;
        if (host.Address is { } address) return IsOurs(address, http);
        if (host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return !IPAddress.IsLoopback(_address) && host.Host.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Whether an origin has a name out of <c>hosts</c>, and the port of its scheme or of the host asked for. A proxy may speak https where
    /// this server does not, and ask for this server by an address of its own.
    /// </summary>
    private bool IsNamed(string text, bool isSecure, Authority host) =>
        Authority.OfOrigin(text, isSecure) is { } origin && _hosts.Any(origin.IsSameHostAs) && (origin.HasUsualPort(isSecure) || origin.Port == host.Port);

    /// <summary>Whether the full URL of the request has another scheme or a user's name. Its host has been compared with the header before.</summary>
    private bool HasOtherTarget(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var authority = target.StartsWith('/') ? -1 : target.IndexOf("://", StringComparison.Ordinal) + 3;
        if (authority < 3) return false;
        var end = target.IndexOfAny(['/', '?', '#'], authority);
        return Authority.OfOrigin(end < 0 ? target : target[..end], _isSecure) is null;
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
