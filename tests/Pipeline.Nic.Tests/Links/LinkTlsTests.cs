using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>A link over TLS 1.3, with a certificate at both ends.</summary>
public class LinkTlsTests
{
    [Fact]
    public async Task Packets_arrive_and_outcomes_come_back_over_TLS()
    {
        var (arrived, chance) = (new List<string>(), new Chance(4));
        using var origin = new LinkOrigin();
        var (dialled, accepted) = await Greet();
        using var pair = LinkPair.Start(dialled, accepted, new LinkTarget((_, bundle) =>
        {
            arrived.AddRange(SeenPacket.In(bundle));
            if (arrived.Count % 2 == 0) bundle.SettleDropped(DropReason.OutputFull);
            bundle.Dispose();
        }));
        var (account, expected, total) = (new PacketAccount("origin", AccountKind.Consumer), new List<string>(), default(PacketTally));
        var lane = pair.Sender.OpenLane(0, account);
        for (var i = 0; i < 500; i++)
        {
            var bundle = origin.Bundle(account, LinkOrigin.Ethernet(0, "eth0"), chance, 1 + chance.Below(64), () => chance.Below(1500));
            expected.AddRange(SeenPacket.In(bundle));
            total = total.Plus(bundle.Count, bundle.Bytes);
            LinkPair.Send(lane, bundle);
        }

        pair.AwaitRest(origin.Pool, account);

        Assert.Equal(expected, arrived);
        Assert.Equal(total, LinkOutcomeTests.Ended(account));
        Assert.NotEqual(default, account.DroppedTally(DropReason.OutputFull));
    }

    [Fact]
    public async Task An_acknowledgement_goes_out_over_TLS_while_nothing_comes_in()
    {
        Nic.Pages.PageBundle? taken = null;
        using var origin = new LinkOrigin();
        var (dialled, accepted) = await Greet();
        using var pair = LinkPair.Start(dialled, accepted, new LinkTarget((_, bundle) => Volatile.Write(ref taken, bundle)));
        var account = new PacketAccount("origin", AccountKind.Consumer);
        var lane = pair.Sender.OpenLane(0, account);
        for (var i = 1; i <= 20; i++)
        {
            LinkPair.Send(lane, origin.Bundle(account, 1, 100));
            Patiently.Await(() => Volatile.Read(ref taken) is not null);
            Interlocked.Exchange(ref taken, null)!.Dispose();
            Patiently.Await(() => account.DeliveredTally.Packets == i);
        }
    }

    private static async Task<(LinkConnection Dialled, LinkConnection Accepted)> Greet()
    {
        using var certificate = Certificate();
        var (dialled, accepted) = LinkPair.Sockets();
        var answer = Task.Run(() =>
        {
            var wire = new WireStream(accepted);
            var stream = new SslStream(wire);
            stream.AuthenticateAsServer(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate, ClientCertificateRequired = true, EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, peer, _, _) => IsSame(peer, certificate),
            });
            return LinkConnection.Accept(wire, stream, LinkPair.Hello.ReceiverUid, LinkPair.Hello.Terms, _ => null);
        });
        var wire = new WireStream(dialled);
        var stream = new SslStream(wire);
        stream.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "node", ClientCertificates = [certificate], EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, peer, _, _) => IsSame(peer, certificate),
        });
        return (LinkConnection.Dial(wire, stream, LinkPair.Hello), await answer);
    }

    private static bool IsSame(X509Certificate? peer, X509Certificate2 own) =>
        peer is not null && peer.GetRawCertData().AsSpan().SequenceEqual(own.GetRawCertData());

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        return new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
