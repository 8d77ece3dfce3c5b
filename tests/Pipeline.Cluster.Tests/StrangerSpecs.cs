using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>Somebody who is no member comes to where packets are brought.</summary>
public sealed class StrangerSpecs : IAsyncLifetime
{
    private readonly WorkingNodes _nodes = new();
    private readonly TemporaryFolder _folder = new();
    private readonly LabAuthority _authority;

    public StrangerSpecs()
    {
        _authority = new LabAuthority(_folder);
        _nodes.Change = (n, options) => options with { Cluster = options.Cluster! with { Tls = _authority.Files($"n{n}") } };
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task He_gets_no_further_than_the_door_and_members_packets_go_on()
    {
        var door = _nodes.Consume(2).Cluster!.Options.DataAt;
        using var other = new LabAuthority(_folder, "other");

        await IsClosedTo(door, "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await using (var stream = await Authenticate(door, other.Files("stranger")))
        {
            // In TLS 1.3 the other end judges the certificate when this one is done: the first read tells.
            await Assert.ThrowsAnyAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1]));
        }

        var outcome = await _nodes.Receive(1, new SimulatedOptions { Packets = 20_000, Queues = 1 }).Completion;

        Assert.Equal((20_000, true), (outcome.View.Ledger.Delivered.Packets, outcome.View.Balanced));
        Assert.Contains(_nodes.Said, words => words.Contains("the certificate of CN=stranger does not come from an authority of this cluster", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_with_a_members_certificate_whom_nobody_knows_is_refused()
    {
        var door = _nodes.Consume(2).Cluster!.Options.DataAt;

        await using var stream = await Authenticate(door, _authority.Files("n9"));
        var hello = new byte[64];
        "PIPELINK"u8.CopyTo(hello);
        hello[8] = 2;
        await stream.WriteAsync(hello);

        Assert.Equal(0, await stream.ReadAsync(new byte[64]));
    }

    private static async Task IsClosedTo(IPEndPoint door, byte[] words)
    {
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(door);
        await client.GetStream().WriteAsync(words);
        try
        {
            // An alert of TLS may come before the end.
            while (await client.GetStream().ReadAsync(new byte[256]) > 0)
            {
            }
        }
        catch (IOException)
        {
            // It was closed with words unread, which is as good.
        }
    }

    private static async Task<SslStream> Authenticate(IPEndPoint door, ClusterTls files)
    {
        var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(door);
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        using var own = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        await stream.AuthenticateAsClientAsync("node", [own], SslProtocols.Tls13, checkCertificateRevocation: false);

        return stream;
    }
}
