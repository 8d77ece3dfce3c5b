using System.Net;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>The server that shows a running pipeline and takes changes to it.</summary>
public sealed record DashboardOptions
{
    /// <summary>The most tokens with names.</summary>
    public const int MostTokens = 64;

    /// <summary>The most names in <see cref="Hosts"/>.</summary>
    public const int MostHosts = 64;

    /// <summary>The address for a live source when none was given.</summary>
    public static readonly IPEndPoint Usual = new(IPAddress.Loopback, 8480);

    /// <summary>Stands for "no server". Nobody can listen on this address.</summary>
    public static readonly IPEndPoint Off = new(IPAddress.None, 0);

    /// <summary>The address it listens on, or <see cref="Off"/>; null for the default of the source. Port 0 picks a free one.</summary>
    public IPEndPoint? Address { get; init; }

    /// <summary>A token without a name that permits reading; null for none.</summary>
    public string? ReadToken { get; init; }

    /// <summary>A token without a name that permits everything; null for none.</summary>
    public string? ChangeToken { get; init; }

    /// <summary>Tokens with names. As soon as there is any token, everything that is not open to everybody needs one.</summary>
    public IReadOnlyList<DashboardToken> Tokens { get; init; } = [];

    /// <summary>The certificate of a server that speaks HTTPS; null for one that speaks plain HTTP.</summary>
    public DashboardTls? Tls { get; init; }

    /// <summary>Whether tokens may cross a network in the clear, because the wire is trusted or a proxy has the certificate.</summary>
    public bool Plain { get; init; }

    /// <summary>Names or addresses, besides its own, by which browsers and proxies may ask for the server.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Whether every change and every capture is refused, whoever asks.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The path that everything is served below, such as <c>/pipeline</c>; empty for none.</summary>
    public string BasePath { get; init; } = "";

    /// <summary>The address for a run of such a source: the configured one, or the default.</summary>
    /// <param name="source">
    /// By default only a live source gets a server: a file or a simulator has usually ended before anyone looks.
    /// </param>
    /// <returns>The address to listen on; null for no server.</returns>
    public IPEndPoint? For(SourceTraits source)
    {
        var address = Address ?? (source.IsLive ? Usual : Off);
        return address.Equals(Off) ? null : address;
    }

    /// <summary>Judges an address by who reaches it: other machines must show tokens, and nobody on the way must be able to read them.</summary>
    /// <returns>Why it must not be listened on, and what to write; null when it may.</returns>
    public string? WhyNotAt(IPEndPoint address)
    {
        if (address.Equals(Off) || IPAddress.IsLoopback(address.Address)) return null;
        if (ReadToken is null && ChangeToken is null && Tokens.Count == 0)
        {
            return $"the dashboard would be open to every machine that reaches {address}; give it a token (PIPELINE__DASHBOARD__READ_TOKEN and"
                + " PIPELINE__DASHBOARD__CHANGE_TOKEN, or dashboard { tokens = [ { name = alice, rights = [read], file = \"alice.token\" } ] })"
                + " and a certificate (dashboard { tls { certificate = \"d.pem\", key = \"d.key\" } }), or listen on 127.0.0.1";
        }

        return Tls is not null || Plain
            ? null
            : $"tokens would cross the network to {address} in the clear; give the dashboard a certificate"
                + " (dashboard { tls { certificate = \"d.pem\", key = \"d.key\" } }), or, where the wire is trusted or a proxy in front has one,"
                + " write dashboard { plain = yes } (PIPELINE__DASHBOARD__PLAIN=yes)";
    }

    /// <summary>The problems of these options; empty when there are none.</summary>
    internal IEnumerable<OptionProblem> Check()
    {
        if (Tokens.Count > MostTokens) yield return new("tokens", $"{Tokens.Count} tokens; expected at most {MostTokens}");
        if (Hosts.Count > MostHosts) yield return new("hosts", $"{Hosts.Count} hosts; expected at most {MostHosts}");
        foreach (var host in Hosts.Where(h => !HostNames.IsHost(h))) yield return new("hosts", $"{Quoted.Short(host)} is not {HostNames.Reading.Expected}");
        if (BasePath.Length > 0 && !(BasePaths.TryRead(BasePath, out var path) && path == BasePath))
            yield return new("base-path", $"{Quoted.Short(BasePath)} is not {BasePaths.Reading.Expected}");
        for (var i = 0; i < Tokens.Count; i++)
        {
            foreach (var problem in Tokens[i].Check(Tokens.Take(i))) yield return new("tokens", $"{Quoted.Short(Tokens[i].Name)}: {problem.Message}");
        }
    }
}

/// <summary>The files by which a server proves who it is, both in PEM (RFC 7468).</summary>
/// <param name="Certificate">Its certificate, and any between it and the authority's.</param>
/// <param name="Key">The private key of that certificate, without a password.</param>
public sealed record DashboardTls(string Certificate, string Key);
