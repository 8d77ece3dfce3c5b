using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Server;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>A server with a certificate, and those that are refused before it starts.</summary>
public sealed class TlsTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task It_is_asked_over_https_and_its_own_page_may_change_things()
    {
        using var certificates = new TestCertificates();
        await using var served = await ServedRun.Start(new DashboardOptions { Tls = certificates.Files });

        Assert.StartsWith("https://127.0.0.1:", served.Url);
        using var own = await served.Send(HttpMethod.Post, "/api/v1/consumers/dns/pause", null, ("Origin", served.Url));
        using var plain = await served.Send(HttpMethod.Post, "/api/v1/consumers/dns/pause", null, ("Origin", "http" + served.Url["https".Length..]));

        Assert.Equal((202, 403), ((int)own.StatusCode, (int)plain.StatusCode));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning disable SYSLIB0039, CA5397 // An old version is what is tried.
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task Old_versions_of_TLS_are_not_spoken(SslProtocols version, bool isSpoken)
    {
        using var certificates = new TestCertificates();
        await using var server = await DashboardServer.Start(AnyPort, new DashboardOptions { Tls = certificates.Files });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(server.Url).Port);
        await using var secure = new SslStream(client.GetStream());

        var error = await Record.ExceptionAsync(() => secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1", EnabledSslProtocols = version, RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        }));

        Assert.Equal(isSpoken, error is null);
    }

    [Fact]
    public async Task With_tokens_and_a_certificate_it_listens_where_other_machines_reach_it()
    {
        using var certificates = new TestCertificates();
        await using var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Any, 0), new DashboardOptions { Tls = certificates.Files, ReadToken = "look" });

        Assert.StartsWith("https://0.0.0.0:", server.Url);
    }

    [Theory]
    [InlineData("d.pem", null, "d.pem: no such file")]
    [InlineData("d.key", null, "d.key: no such file")]
    [InlineData("d.pem", "junk", "d.pem: there is no certificate in it; expected one in PEM (-----BEGIN CERTIFICATE-----)")]
    [InlineData("d.key", "junk", "d.key: there is no private key in it; expected one in PEM (-----BEGIN PRIVATE KEY-----)")]
    [InlineData("d.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----", "d.key: the key has a password; expected one without")]
    [InlineData("d.key", "other", "d.key is not the private key of the certificate in ")]
    public async Task A_file_that_is_no_use_is_named(string file, string? text, string words)
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        var path = file == "d.pem" ? certificates.Files.Certificate : certificates.Files.Key;
        if (text is null) File.Delete(path);
        else File.WriteAllText(path, text == "other" ? File.ReadAllText(others.Files.Key) : text);

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => DashboardServer.Start(AnyPort, new DashboardOptions { Tls = certificates.Files }));

        Assert.StartsWith("dashboard.tls: ", error.Message);
        Assert.Contains(words, error.Message);
    }

    [Theory]
    [InlineData(-20, -10, "the certificate of CN=server expired on ")]
    [InlineData(10, 20, "the certificate of CN=server is valid only from ")]
    public async Task A_certificate_is_refused_outside_of_its_time(int from, int to, string words)
    {
        using var certificates = new TestCertificates(TimeSpan.FromDays(from), TimeSpan.FromDays(to));

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => DashboardServer.Start(AnyPort, new DashboardOptions { Tls = certificates.Files }));

        Assert.Contains(words, error.Message);
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public async Task A_certificate_that_ends_within_a_month_is_warned_of(int days, bool isWarned)
    {
        using var certificates = new TestCertificates(to: TimeSpan.FromDays(days));
        await using var server = await DashboardServer.Start(AnyPort, new DashboardOptions { Tls = certificates.Files });

        Assert.Equal(isWarned, server.Warning?.Contains("expires on ", StringComparison.Ordinal) == true);
    }
}
