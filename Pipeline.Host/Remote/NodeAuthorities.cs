using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Remote;

/// <summary>The authorities whose certificates a node may show, in place of those that the machine trusts.</summary>
internal static class NodeAuthorities
{
    public const string Variable = "PIPELINE_CA";

    /// <param name="file">The value of <c>--ca</c>; null if it was not given.</param>
    /// <returns>Null for those of the machine.</returns>
    /// <exception cref="UsageException">The file has no certificate.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static X509Certificate2Collection? Of(string? file, IReadOnlyDictionary<string, string> environment)
    {
        if (file is not null) return Read(file, $"--ca {file}");
        return environment.GetValueOrDefault(Variable) is { Length: > 0 } variable ? Read(variable, $"{Variable}: {variable}") : null;
    }

    /// <summary>Whoever asks trusts them, for this connection and nothing else. Whether one was revoked is asked of nobody.</summary>
    public static X509ChainPolicy Policy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static X509Certificate2Collection Read(string file, string from)
    {
        var read = new X509Certificate2Collection();
        try
        {
            read.ImportFromPem(TextFile.Read(file).Text);
        }
        catch (CryptographicException error)
        {
            throw new UsageException($"{from}: {error.Message}");
        }

        return read.Count > 0 ? read : throw new UsageException($"{from}: there is no certificate in it; expected one or more in PEM (-----BEGIN CERTIFICATE-----)");
    }
}
