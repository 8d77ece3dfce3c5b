using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Remote.Transport.DotNetty;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Cluster;

/// <summary>A node's certificate, and the authorities that it trusts. Both sides of every connection show theirs.</summary>
internal sealed class ClusterCertificates
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authorities;

    private ClusterCertificates(X509Certificate2 own, X509Certificate2Collection authorities) => (_own, _authorities) = (own, authorities);

    /// <exception cref="ClusterException">A file cannot be read or used; the message has its name.</exception>
    public static ClusterCertificates Load(ClusterTls files)
    {
        var authorities = new X509Certificate2Collection();
        Read(files.Authority, pem => authorities.ImportFromPem(pem));
        if (authorities.Count == 0) throw new ClusterException($"{files.Authority}: no certificate is in it; expected those of the cluster's authorities in PEM");
        X509Certificate2? own = null;
        Read(files.Certificate, certificate => Read(files.Key, key => own = Pair(certificate, key, files)));
        var loaded = new ClusterCertificates(own!, authorities);
        return loaded.WhyNot(own) is { } why ? throw new ClusterException($"{files.Certificate}: {why}; the other nodes would refuse it") : loaded;
    }

    /// <summary>The node's own, with its private key.</summary>
    public X509Certificate2 Own => _own;

    /// <param name="refused">Called with a peer's address and why its certificate is refused. Any thread.</param>
    public DotNettySslSetup Setup(Action<string, string> refused) => new(_own, false, true, (certificate, _, peer, _, _) =>
    {
        if (WhyNot(certificate) is not { } why) return true;
        // Akka tells where a connection came from, and of one that it made the address with a protocol and a name in front.
        var address = peer[(peer.LastIndexOf('@') + 1)..];
        refused(IPEndPoint.TryParse(address, out var at) ? new IPEndPoint(Plain(at.Address), at.Port).ToString() : address, why);
        return false;
    });

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <returns>Why a certificate does not prove that its holder is a node of this cluster; null when it does.</returns>
    public string? WhyNot(X509Certificate2? certificate)
    {
        if (certificate is null) return "no certificate was shown";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // A certificate says where its issuer's is to be had. Whoever shows one could have this node ask any web server.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate) ? null : $"the certificate of {Quoted.Short(certificate.Subject)} {Why(certificate, chain)}";
    }

    private static string Why(X509Certificate2 certificate, X509Chain chain)
    {
        var now = DateTime.Now;
        if (certificate.NotAfter < now) return string.Create(CultureInfo.InvariantCulture, $"expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
        if (certificate.NotBefore > now) return string.Create(CultureInfo.InvariantCulture, $"is valid only from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC on");
        return chain.ChainStatus.Any(s => s.Status is X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot)
            ? "does not come from an authority of this cluster"
            : "is no good: " + string.Join(' ', chain.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct());
    }

    private static X509Certificate2 Pair(string certificate, string key, ClusterTls files)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new ClusterException($"{files.Certificate} and {files.Key} are no certificate and its private key in PEM: {error.Message}", error);
        }
    }

    private static void Read(string file, Action<string> use)
    {
        try
        {
            use(File.ReadAllText(file));
        }
        catch (CryptographicException error)
        {
            throw new ClusterException($"{file}: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException($"{file} cannot be read: {error.Message}", error);
        }
    }
}
