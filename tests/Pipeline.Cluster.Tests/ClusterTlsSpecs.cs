using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Pipeline.Actors.Cluster;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>Who proves to be a node is let in, and who does not is not.</summary>
public sealed class ClusterTlsSpecs : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly Nodes _nodes = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nodes_with_certificates_of_one_authority_form_a_cluster()
    {
        using var authority = new LabAuthority(_folder);
        _nodes.Change = (number, options) => options with { Tls = authority.Files($"n{number}") };
        _nodes.Start(1);
        _nodes.Start(2);

        await _nodes.UntilUp(2, "n1", "n2");
    }

    [Fact]
    public async Task An_intruder_with_a_certificate_of_his_own_is_refused_and_named()
    {
        using var authority = new LabAuthority(_folder);
        using var other = new LabAuthority(_folder, "other");
        _nodes.Change = (number, options) => options with { Tls = (number == 3 ? other : authority).Files($"n{number}") };
        _nodes.Start(1);
        _nodes.Start(2);
        await _nodes.UntilUp(1, "n1", "n2");

        _nodes.Start(3);

        await _nodes.UntilSaid("the certificate of CN=n3 does not come from an authority of this cluster");
        await _nodes.UntilUp(1, "n1", "n2");
        Assert.NotEqual(ClusterState.Member, _nodes[3].View.State);
    }

    [Fact]
    public async Task An_intruder_without_a_certificate_does_not_get_in()
    {
        using var authority = new LabAuthority(_folder);
        _nodes.Change = (number, options) => number == 3 ? options : options with { Tls = authority.Files($"n{number}") };
        _nodes.Start(1);
        _nodes.Start(2);
        await _nodes.UntilUp(1, "n1", "n2");

        _nodes.Start(3);

        // Who asks after it is let in before it.
        _nodes.Start(4);
        await _nodes.UntilUp(1, "n1", "n2", "n4");
        Assert.NotEqual(ClusterState.Member, _nodes[3].View.State);
    }

    [Fact]
    public async Task While_one_authority_replaces_another_nodes_of_both_are_one_cluster()
    {
        using var old = new LabAuthority(_folder, "old");
        using var young = new LabAuthority(_folder, "young");
        var both = LabAuthority.Both(_folder, old, young);
        _nodes.Change = (number, options) => options with { Tls = (number == 1 ? old : young).Files($"n{number}") with { Authority = both } };
        _nodes.Start(1);
        _nodes.Start(2);

        await _nodes.UntilUp(2, "n1", "n2");
    }

    [Fact]
    public void A_refused_peer_is_said_on_one_line_by_its_address_alone()
    {
        using var authority = new LabAuthority(_folder);
        using var stranger = LabAuthority.Stranger("\"n9\ncluster: n2 has left\u001b[2J\"", "http://127.0.0.1:1/");
        List<string> said = [];
        var check = ClusterCertificates.Load(authority.Files("n1")).Setup((peer, why) => said.Add($"{peer}: {why}")).CustomValidator!;

        foreach (var peer in (string[])["[::ffff:10.0.0.9]:51002", "ssl.tcp://pipeline@10.0.0.9:4053", "ssl.tcp://pipeline@[fd00::9]:4053"])
            Assert.False(check(stranger, null, peer, SslPolicyErrors.None, null!));

        const string why = "the certificate of CN=\"n9\uFFFDcluster: n2 has left\uFFFD[2J\" does not come from an authority of this cluster";
        Assert.Equal([$"10.0.0.9:51002: {why}", $"10.0.0.9:4053: {why}", $"[fd00::9]:4053: {why}"], said);
    }

    [Fact]
    public void A_certificate_does_not_have_its_issuer_fetched()
    {
        using var web = new TcpListener(IPAddress.Loopback, 0);
        web.Start();
        using var authority = new LabAuthority(_folder);
        using var stranger = LabAuthority.Stranger("n9", $"http://{web.LocalEndpoint}/issuer.cer");

        var why = ClusterCertificates.Load(authority.Files("n1")).WhyNot(stranger);

        Assert.Equal("the certificate of CN=n9 does not come from an authority of this cluster", why);
        Assert.False(web.Pending());
    }

    [Fact]
    public void A_certificate_that_the_others_would_refuse_is_said_before_anything_starts()
    {
        using var authority = new LabAuthority(_folder);
        _nodes.Change = (_, options) => options with { Tls = authority.Files("late", DateTimeOffset.UtcNow.AddDays(-1)) };

        var late = Assert.Throws<ClusterException>(() => _nodes.Start(1));
        _nodes.Change = (_, options) => options with { Tls = authority.Files("n1") with { Key = _folder["late.key"] } };
        var mixed = Assert.Throws<ClusterException>(() => _nodes.Start(1));
        _nodes.Change = (_, options) => options with { Tls = authority.Files("n1") with { Authority = "/nowhere/ca.pem" } };
        var missing = Assert.Throws<ClusterException>(() => _nodes.Start(1));

        Assert.Contains("late.pem: the certificate of CN=late expired on", late.Message, StringComparison.Ordinal);
        Assert.Contains("are no certificate and its private key in PEM", mixed.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/ca.pem cannot be read", missing.Message, StringComparison.Ordinal);
    }
}
