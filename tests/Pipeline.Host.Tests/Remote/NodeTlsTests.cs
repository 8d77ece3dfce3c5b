using Pipeline.Actors.Configuration;
using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

/// <summary>Commands ask a node that has a certificate, and trust only the authorities that they are told to.</summary>
public sealed class NodeTlsTests
{
    [Fact]
    public async Task An_authority_is_trusted_by_a_flag_or_the_environment()
    {
        using var certificates = new TestCertificates();
        await using var served = await ServedRun.Start(new DashboardOptions { Tls = certificates.Files, BasePath = "/lab" });

        Assert.Equal(0, await new Operator(served).Runs("rules", "list", "--ca", certificates.Authority));
        Assert.Equal(0, await new Operator(served, ("PIPELINE_CA", certificates.Authority)).Runs("rules", "list"));
        Assert.Equal(0, await new Operator(served, ("PIPELINE_CA", "absent")).Runs("rules", "list", "--ca", certificates.Authority));
    }

    [Theory]
    [InlineData(null, false, "its certificate is not trusted here")]
    [InlineData(null, true, "its certificate is not trusted here")]
    [InlineData("pipeline.example", true, "its certificate is for another name than 127.0.0.1")]
    public async Task A_certificate_of_somebody_else_is_not_believed(string? host, bool isOtherAuthority, string words)
    {
        using var certificates = new TestCertificates(host: host);
        using var others = new TestCertificates();
        await using var served = await ServedRun.Start(new DashboardOptions { Tls = certificates.Files });
        var me = new Operator(served, ("PIPELINE_TOKEN", "secret"));

        Assert.Equal(69, await me.Runs(["rules", "list", .. isOtherAuthority ? ["--ca", host is null ? others.Authority : certificates.Authority] : Array.Empty<string>()]));

        Assert.StartsWith($"error: {served.Url}: {words}", me.Error);
    }

    [Fact]
    public async Task Where_the_other_side_has_no_certificate_or_has_one_the_right_address_is_told()
    {
        using var certificates = new TestCertificates();
        await using var secure = await ServedRun.Start(new DashboardOptions { Tls = certificates.Files });
        await using var plain = await ServedRun.Start();
        var (toSecure, toPlain) = (new Operator("http" + secure.Url["https".Length..]), new Operator("https" + plain.Url["http".Length..]));

        Assert.Equal((69, 69), (await toSecure.Runs("rules", "list"), await toPlain.Runs("rules", "list", "--ca", certificates.Authority)));

        Assert.EndsWith($"; a server with a certificate is asked at {secure.Url}\n", toSecure.Error);
        Assert.EndsWith($"; a server without a certificate is asked at {plain.Url}\n", toPlain.Error);
    }

    [Fact]
    public async Task A_file_without_a_certificate_is_refused_before_anybody_is_asked()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(2, await me.Runs("rules", "list", "--ca", served.Write("ca.pem", "junk")));
        Assert.Contains("there is no certificate in it", me.Error);
        Assert.Equal(66, await me.Runs("rules", "list", "--ca", served["absent"]));
    }
}
