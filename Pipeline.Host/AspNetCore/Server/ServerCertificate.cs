using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Server;

/// <summary>The certificate by which the server proves who it is, with its key, and those between it and the authority's.</summary>
internal sealed class ServerCertificate
{
    /// <summary>How long before its end a certificate is warned of.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromDays(30);

    private ServerCertificate(X509Certificate2 own, X509Certificate2Collection chain, string? warning) => (Own, Chain, Warning) = (own, chain, warning);

    public X509Certificate2 Own { get; }

    public X509Certificate2Collection Chain { get; }

    /// <summary>That it expires soon; null when it does not.</summary>
    public string? Warning { get; }

    /// <exception cref="InvalidInputException">A file cannot be read or used, or the certificate is not valid now; the message says which.</exception>
    public static ServerCertificate Load(DashboardTls files, TimeProvider clock)
    {
        var (certificates, key) = (Read(files.Certificate), Read(files.Key));
        var chain = Certificates(files.Certificate, certificates);
        if (chain.Count == 0) throw Refused($"{files.Certificate}: there is no certificate in it; expected one in PEM (-----BEGIN CERTIFICATE-----)");
        var own = Pair(files, certificates, key);
        chain[0].Dispose();
        chain.RemoveAt(0);
        return new ServerCertificate(own, chain, Judge(files.Certificate, own, clock.GetUtcNow().UtcDateTime));
    }

    /// <exception cref="InvalidInputException">It is not valid now.</exception>
    private static string? Judge(string file, X509Certificate2 own, DateTime now)
    {
        var (from, to) = (own.NotBefore.ToUniversalTime(), own.NotAfter.ToUniversalTime());
        if (to <= now) throw Refused($"{file}: the certificate of {Quoted.Short(own.Subject)} expired on {Time(to)}");
        if (from > now) throw Refused($"{file}: the certificate of {Quoted.Short(own.Subject)} is valid only from {Time(from)} on");
        return to - now < Notice ? $"{file}: the certificate of {Quoted.Short(own.Subject)} expires on {Time(to)}, in {(to - now).TotalDays:0} days" : null;
    }

    private static X509Certificate2Collection Certificates(string file, string pem)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
        }
        catch (CryptographicException error)
        {
            throw Refused($"{file}: it has a certificate that cannot be read: {error.Message}");
        }

        return found;
    }

    private static X509Certificate2 Pair(DashboardTls files, string certificates, string key)
    {
        if (key.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)) throw Refused($"{files.Key}: the key has a password; expected one without");
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal)) throw Refused($"{files.Key}: there is no private key in it; expected one in PEM (-----BEGIN PRIVATE KEY-----)");
        try
        {
            return X509Certificate2.CreateFromPem(certificates, key);
        }
        catch (ArgumentException)
        {
            throw Refused($"{files.Key} is not the private key of the certificate in {files.Certificate}");
        }
        catch (CryptographicException error)
        {
            throw Refused($"{files.Certificate} and {files.Key} cannot be used together: {error.Message}");
        }
    }

    private static string Read(string file)
    {
        try
        {
            return TextFile.Read(file).Text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused(error.Message);
        }
        catch (InvalidInputException error)
        {
            throw Refused($"{error.Summary}; expected PEM");
        }
    }

    private static InvalidInputException Refused(string words) => new($"dashboard.tls: {words.ReplaceLineEndings(" ")}", []);

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
