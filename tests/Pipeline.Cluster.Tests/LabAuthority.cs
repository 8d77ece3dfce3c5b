using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pipeline.Actors.Configuration;
using Pipeline.TestSupport;

namespace Pipeline.Cluster.Tests;

/// <summary>Makes certificates for nodes, in files of a folder.</summary>
internal sealed class LabAuthority : IDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly string _file;

    public LabAuthority(TemporaryFolder folder, string name = "ca")
    {
        _folder = folder;
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
        _file = Write($"{name}.pem", _certificate.ExportCertificatePem());
    }

    /// <returns>A file with both.</returns>
    public static string Both(TemporaryFolder folder, LabAuthority first, LabAuthority second)
    {
        var file = folder["both.pem"];
        File.WriteAllText(file, first._certificate.ExportCertificatePem() + "\n" + second._certificate.ExportCertificatePem() + "\n");
        return file;
    }

    /// <param name="until">When it expires; null for tomorrow.</param>
    public ClusterTls Files(string node, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={node}", key, HashAlgorithmName.SHA256);
        var serial = RandomNumberGenerator.GetBytes(8);
        using var certificate = request.Create(_certificate, DateTimeOffset.UtcNow.AddDays(-10), until ?? DateTimeOffset.UtcNow.AddDays(1), serial);
        return new ClusterTls(
            Write($"{node}.pem", certificate.ExportCertificatePem()), Write($"{node}.key", key.ExportPkcs8PrivateKeyPem()), _file);
    }

    /// <param name="name">Its subject's CN, in quotes where it needs them.</param>
    /// <param name="issuerAt">Where it says that its issuer's certificate can be had.</param>
    /// <returns>A certificate of nobody's authority, with its key.</returns>
    public static X509Certificate2 Stranger(string name, string issuerAt)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([], [issuerAt]));
        var issuer = (new X500DistinguishedName("CN=nobody"), X509SignatureGenerator.CreateForECDsa(key));
        using var certificate = request.Create(issuer.Item1, issuer.Item2, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1]);
        return certificate.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private string Write(string name, string text)
    {
        var file = _folder[name];
        File.WriteAllText(file, text);
        return file;
    }
}
