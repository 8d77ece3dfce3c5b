using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pipeline.Actors.Configuration;
using Pipeline.TestSupport;

namespace Pipeline.Host.Tests.Server;

/// <summary>A certificate that an authority of its own has signed, both of them made here, in files.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="host">The name that it is for; null for 127.0.0.1.</param>
    /// <param name="from">When it begins to be valid, from now.</param>
    /// <param name="to">When it ends, from now.</param>
    public TestCertificates(TimeSpan? from = null, TimeSpan? to = null, string? host = null)
    {
        var now = DateTimeOffset.UtcNow;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var signer = authority.CreateSelfSigned(now.AddDays(-400), now.AddDays(400));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (host is null) names.AddIpAddress(IPAddress.Loopback);
        else names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var own = request.Create(signer, now + (from ?? TimeSpan.FromDays(-1)), now + (to ?? TimeSpan.FromDays(90)), [1, 2, 3]);

        Authority = Write("ca.pem", signer.ExportCertificatePem());
        Files = new DashboardTls(Write("d.pem", own.ExportCertificatePem()), Write("d.key", key.ExportPkcs8PrivateKeyPem()));
    }

    public DashboardTls Files { get; }

    /// <summary>The file of the authority's certificate.</summary>
    public string Authority { get; }

    public string Write(string file, string text)
    {
        File.WriteAllText(_folder[file], text);
        return _folder[file];
    }

    public void Dispose() => _folder.Dispose();
}
