using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Pipeline.Actors.Cluster;
using Pipeline.Nic.Links;

namespace Pipeline.Actors.Links;

/// <summary>
/// TLS 1.3 by the cluster's certificates over links, both ends showing theirs; nothing where the operator trusts the wire. Any thread.
/// </summary>
/// <param name="certificates">The certificates as they are now; null for a plain wire.</param>
/// <param name="refused">Called with a peer and why its certificate is refused.</param>
internal sealed class LinkSecurity(Func<ClusterCertificates?> certificates, Action<string, string> refused)
{
    /// <summary>Authenticates as the node that dialled. After an error the wire is closed.</summary>
    /// <exception cref="AuthenticationException">One of the two does not trust the other.</exception>
    /// <exception cref="IOException">The connection broke, or nobody answers.</exception>
    public Stream Call(WireStream wire, string peer) => Secured(wire, peer, (stream, own) =>
        stream.AuthenticateAsClient("node", [own], SslProtocols.Tls13, checkCertificateRevocation: false));

    /// <summary>Authenticates as the node that was dialled. After an error the wire is closed.</summary>
    /// <inheritdoc cref="Call"/>
    public Stream Answer(WireStream wire, string peer) => Secured(wire, peer, (stream, own) =>
        stream.AuthenticateAsServer(own, clientCertificateRequired: true, SslProtocols.Tls13, checkCertificateRevocation: false));

    private Stream Secured(WireStream wire, string peer, Action<SslStream, X509Certificate2> authenticate)
    {
        if (certificates() is not { } known) return wire;
        var stream = new SslStream(wire, leaveInnerStreamOpen: false, (_, certificate, _, _) => IsTrusted(known, certificate, peer));
        try
        {
            authenticate(stream, known.Own);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private bool IsTrusted(ClusterCertificates known, X509Certificate? certificate, string peer)
    {
        if (known.WhyNot(certificate as X509Certificate2) is not { } why) return true;
        refused(peer, why);
        return false;
    }
}
